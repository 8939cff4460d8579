import { expect, it } from 'vitest';

import { BackOff } from '../../../src/launching/backOff';

it('waits longer after each crash, and gives up in the end', () => {
  const backOff = new BackOff();
  const waits = [1, 2, 3, 4, 5, 6].map((at) => {
    backOff.started(at);
    return backOff.crashed(at);
  });
  expect(waits).toEqual([0, 1_000, 4_000, 16_000, 60_000, undefined]);
});

it('takes a crash after a long run for the first', () => {
  const backOff = new BackOff();
  backOff.crashed(1);
  backOff.crashed(2);
  backOff.started(3);
  expect(backOff.crashed(3 + 10 * 60_000)).toBe(0);
});

it('forgets when the user restarts it', () => {
  const backOff = new BackOff();
  [1, 2, 3, 4, 5, 6].forEach((at) => backOff.crashed(at));
  backOff.reset();
  expect(backOff.crashed(7)).toBe(0);
});
