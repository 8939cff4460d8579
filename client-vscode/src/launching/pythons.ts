// A Python that can run the server: the one that the user has chosen for Python, else one that is found.

import type { Run } from './processes';

export const OLDEST = [3, 10] as const;
/** What makes an environment, and what it makes it with: Debian leaves both out of its smallest Python. */
const PROBE = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';

/** A command line that runs a Python. */
export type Python = readonly [command: string, ...args: string[]];

export interface Refused {
  python: Python;
  reason: string;
}

/** The Pythons to try where the user has chosen none. */
export function usual(platform: NodeJS.Platform): Python[] {
  const newest = [14, 13, 12, 11, 10].map((minor): Python => [`python3.${minor}`]);
  return platform === 'win32' ? [['py', '-3'], ['python']] : [['python3'], ['python'], ...newest];
}

/** The first that fits, or why each does not. */
export async function findPython(candidates: readonly Python[], run: Run): Promise<{ found?: Python; refused: Refused[] }> {
  const refused: Refused[] = [];
  for (const python of candidates) {
    const [command, ...args] = python;
    const { status, output } = await run(command, [...args, '-c', PROBE]);
    const problem = status === 0 ? tooOld(output) : unusable(status, output);
    if (problem === undefined) {
      return { found: python, refused };
    }
    refused.push({ python, reason: problem });
  }
  return { refused };
}

function tooOld(output: string): string | undefined {
  const version = /^(\d+)\.(\d+)\s*$/m.exec(output);
  const major = Number(version?.[1]);
  const minor = Number(version?.[2]);
  const fits = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return fits ? undefined : `is Python ${version?.[0].trim() ?? 'of an unknown version'}, and ${OLDEST.join('.')} or newer is needed`;
}

function unusable(status: number | null, output: string): string {
  const missing = /No module named '?(venv|ensurepip)/.exec(output);
  if (missing) {
    return `has no module ${missing[1] ?? ''} (on Debian and Ubuntu: apt install python3-venv)`;
  }
  return status === null ? 'was not found' : `does not run: ${output.trim().split('\n').at(-1) ?? ''}`;
}
