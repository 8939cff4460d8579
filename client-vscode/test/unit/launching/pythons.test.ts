import { expect, it } from 'vitest';

import { run, type Run } from '../../../src/launching/processes';
import { findPython, usual } from '../../../src/launching/pythons';

/** Programs that print what a test says; the others are not there. */
function machine(programs: Record<string, string>): Run {
  return (command) => {
    const output = programs[command];
    if (output === undefined) {
      return Promise.resolve({ status: null, output: `spawn ${command} ENOENT` });
    }
    return Promise.resolve({ status: output.includes('Error') ? 1 : 0, output });
  };
}

it('takes the first that is new enough', async () => {
  const { found, refused } = await findPython([['old'], ['gone'], ['new', '-3'], ['newer']], machine({ old: '3.9\n', new: '3.10\n', newer: '3.14\n' }));
  expect(found).toEqual(['new', '-3']);
  expect(refused.map(({ reason }) => reason)).toEqual(['is Python 3.9, and 3.10 or newer is needed', 'was not found']);
});

it.each([
  ["ModuleNotFoundError: No module named 'ensurepip'", 'apt install python3-venv'],
  ['Traceback\nOSError: broken', 'does not run: OSError: broken'],
  ['hello', 'of an unknown version'],
  ['2.7\n', 'is Python 2.7'],
])('says why one does not do: %s', async (output, reason) => {
  const { found, refused } = await findPython([['python']], machine({ python: output }));
  expect(found).toBeUndefined();
  expect(refused[0]?.reason).toContain(reason);
});

it('finds the Python of this machine by its usual name', async () => {
  const { found, refused } = await findPython(usual(process.platform), run);
  expect(found, JSON.stringify(refused)).toBeDefined();
});
