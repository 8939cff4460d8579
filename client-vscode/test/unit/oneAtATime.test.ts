import { expect, it } from 'vitest';

import { OneAtATime } from '../../src/oneAtATime';

it('opens a dialog when the one before it is over', async () => {
  const queue = new OneAtATime();
  const log: string[] = [];
  let answerFirst: (answer: string) => void = () => undefined;
  const first = queue.run(() => {
    log.push('first opens');
    return new Promise<string>((resolve) => (answerFirst = resolve));
  });
  const second = queue.run(() => {
    log.push('second opens');
    return Promise.resolve('two');
  });
  await Promise.resolve();
  answerFirst('one');
  expect(await first).toBe('one');
  expect(log).toEqual(['first opens']);
  expect(await second).toBe('two');
});

it('goes on after a dialog that failed, and tells its own caller alone', async () => {
  const queue = new OneAtATime();
  const failing = queue.run(() => Promise.reject(new Error('closed')));
  const next = queue.run(() => Promise.resolve('fine'));
  await expect(failing).rejects.toThrow('closed');
  expect(await next).toBe('fine');
});
