import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';

import { EnvironmentFailed, Environments, type Making } from '../../../src/launching/environment';
import type { Run } from '../../../src/launching/processes';

let folder: string;
let commands: string[];
let steps: string[];

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'environments')), 'server');
  commands = [];
  steps = [];
});

/** Runs nothing but what makes a folder; `fails` names a word of the command that fails. */
function machine(fails?: string): Run {
  return async (command, args) => {
    commands.push([command, ...args].join(' '));
    if (args.includes('venv')) {
      const python = join(args.at(-1) ?? '', 'bin', 'python');
      await mkdir(dirname(python), { recursive: true });
      await writeFile(python, '');
    }
    const failed = fails !== undefined && args.includes(fails);
    return failed ? { status: 1, output: 'Looking\nERROR: no such host\nbye' } : { status: 0, output: '' };
  };
}

function making(run: Run, signal = new AbortController().signal): Making {
  const bundle = { wheel: '/ext/server/claude_sidecar.whl', lock: '/ext/server/requirements.lock' };
  return { python: ['py', '-3'], bundle, run, signal, onStep: (step) => steps.push(step), onLine: () => undefined };
}

it('is made of the wheel and of exactly what the lock file names', async () => {
  const environments = new Environments(folder, '1.2.0', 'linux');
  const python = await environments.make(making(machine()));
  expect(python).toBe(join(folder, '1.2.0', 'bin', 'python'));
  expect(commands[0]).toMatch(/^py -3 -m venv /);
  expect(commands[1]).toContain('--require-hashes -r /ext/server/requirements.lock');
  expect(commands[2]).toContain('--no-deps /ext/server/claude_sidecar.whl');
  expect(steps).toHaveLength(3);
  expect(await environments.existing(machine())).toBe(python);
});

it('is made anew for another version, which then is the only one', async () => {
  await new Environments(folder, '1.2.0', 'linux').make(making(machine()));
  const next = new Environments(folder, '1.3.0', 'linux');
  expect(await next.existing(machine())).toBeUndefined();
  await next.make(making(machine()));
  expect(await readdir(folder)).toEqual(['1.3.0']);
});

it('leaves nothing behind when it fails, and says in which step and why', async () => {
  const environments = new Environments(folder, '1.2.0', 'linux');
  const failing = environments.make(making(machine('--require-hashes')));
  await expect(failing).rejects.toThrow(EnvironmentFailed);
  await expect(failing).rejects.toThrow('Installing what the server needs failed: ERROR: no such host');
  expect(await readdir(folder)).toEqual([]);
});

it('leaves nothing behind when the user cancels', async () => {
  const abort = new AbortController();
  const run: Run = async (command, args) => {
    abort.abort();
    return machine()(command, args);
  };
  await expect(new Environments(folder, '1.2.0', 'linux').make(making(run, abort.signal))).rejects.toThrow();
  expect(await readdir(folder)).toEqual([]);
});

it('counts as missing when its Python does not run any more', async () => {
  const environments = new Environments(folder, '1.2.0', 'linux');
  await environments.make(making(machine()));
  expect(await environments.existing(() => Promise.resolve({ status: null, output: '' }))).toBeUndefined();
});

it('takes the one that another window has made meanwhile', async () => {
  const environments = new Environments(folder, '1.2.0', 'linux');
  const slow: Run = async (command, args) => {
    if (args.includes('--no-deps')) {
      await new Environments(folder, '1.2.0', 'linux').make(making(machine()));
      return { status: 1, output: 'interrupted' };
    }
    return machine()(command, args);
  };
  expect(await environments.make(making(slow))).toBe(join(folder, '1.2.0', 'bin', 'python'));
});
