import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Onlooker } from '../../src/panel/onlooker';

describe('the onlooker', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('looks again and again until it is needed no more', async () => {
    let left = 3;
    const onlooker = new Onlooker(
      () => left > 0,
      () => {
        left -= 1;
        return Promise.resolve();
      },
    );
    onlooker.watch();
    onlooker.watch();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(left).toBe(2);
    await vi.runAllTimersAsync();
    expect(left).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not look where nothing goes on, unless it is asked to', async () => {
    const look = vi.fn(() => Promise.resolve());
    const onlooker = new Onlooker(() => false, look);
    onlooker.watch();
    await vi.runAllTimersAsync();
    expect(look).not.toHaveBeenCalled();
    onlooker.soon();
    await vi.runAllTimersAsync();
    expect(look).toHaveBeenCalledOnce();
  });

  it('stops when it is disposed of', async () => {
    const look = vi.fn(() => Promise.resolve());
    const onlooker = new Onlooker(() => true, look);
    onlooker.watch();
    onlooker.dispose();
    await vi.runAllTimersAsync();
    expect(look).not.toHaveBeenCalled();
  });
});
