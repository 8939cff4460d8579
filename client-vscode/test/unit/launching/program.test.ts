import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';

import { findProgram, onPath } from '../../../src/launching/program';

const nothing = (): Promise<undefined> => Promise.resolve(undefined);
const made = (): Promise<string> => Promise.resolve('/own/bin/python');
const unwanted = (): Promise<never> => Promise.reject(new Error('nothing is to be made'));

it('goes by the setting first', async () => {
  const program = await findProgram('/opt/claude-sidecar', () => Promise.resolve('/usr/bin/claude-sidecar'), unwanted);
  expect(program).toEqual({ command: '/opt/claude-sidecar', args: ['serve'], source: 'setting' });
});

it.each([null, undefined, '  '])('takes the one on PATH where the setting is %j', async (setting) => {
  const program = await findProgram(setting, () => Promise.resolve('/usr/bin/claude-sidecar'), unwanted);
  expect(program).toEqual({ command: '/usr/bin/claude-sidecar', args: ['serve'], source: 'PATH' });
});

it('makes one where there is none', async () => {
  expect(await findProgram(null, nothing, made)).toEqual({
    command: '/own/bin/python',
    args: ['-m', 'claude_sidecar', 'serve'],
    source: 'environment',
  });
});

it('finds what can be run in the first folder of PATH that has it', async () => {
  const [first, second] = [await mkdtemp(join(tmpdir(), 'first')), await mkdtemp(join(tmpdir(), 'second'))];
  for (const folder of [first, second]) {
    await writeFile(join(folder, 'claude-sidecar'), '#!/bin/sh\n');
  }
  await chmod(join(second, 'claude-sidecar'), 0o755);
  const env = { PATH: ['', first, second].join(delimiter) };
  expect(await onPath(env, 'linux')).toBe(join(second, 'claude-sidecar'));
  expect(await onPath({ PATH: first }, 'linux')).toBeUndefined();
  expect(await onPath({}, 'linux')).toBeUndefined();
});
