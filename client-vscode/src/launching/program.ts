// Which program is the server: the setting's, the one on PATH, or the one in an environment of our own.

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export interface Program {
  command: string;
  args: string[];
  /** Where it came from, for the log. */
  source: 'setting' | 'PATH' | 'environment';
}

const NAME = 'claude-sidecar';

/** The executable of that name in the folders of PATH, as a shell would find it. */
export async function onPath(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Promise<string | undefined> {
  const endings = platform === 'win32' ? (env['PATHEXT'] ?? '.EXE;.CMD').split(';') : [''];
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((each) => each !== '')) {
    for (const ending of endings) {
      const candidate = join(folder, NAME + ending);
      try {
        await access(candidate, constants.X_OK);
        return candidate;
      } catch {
        // not there, or not to be run
      }
    }
  }
  return undefined;
}

/** @param make gives the Python of the environment of our own, making it where that has not been done. */
export async function findProgram(
  setting: string | null | undefined,
  pathProgram: () => Promise<string | undefined>,
  make: () => Promise<string>,
): Promise<Program> {
  if (setting !== null && setting !== undefined && setting.trim() !== '') {
    return { command: setting, args: ['serve'], source: 'setting' };
  }
  const found = await pathProgram();
  if (found !== undefined) {
    return { command: found, args: ['serve'], source: 'PATH' };
  }
  return { command: await make(), args: ['-m', 'claude_sidecar', 'serve'], source: 'environment' };
}
