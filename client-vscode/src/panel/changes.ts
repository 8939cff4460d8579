// Sessions that are begun, forked or looked up to be shown next. A prompt that is sent meanwhile is meant for the
// one that comes, not for the one that is still to be seen.

export class Changes {
  #last: Promise<unknown> = Promise.resolve();

  make<T>(change: () => Promise<T>): Promise<T> {
    const done = change();
    this.#last = Promise.allSettled([this.#last, done]);
    return done;
  }

  /** All that were begun are over, whether they came to something or not. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
