// A queue for dialogs: the editor shows one at a time, and a second would dismiss the first.

export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  /** Run `dialog` when those before it are over, and give what it gives. */
  run<T>(dialog: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(dialog);
    this.#last = turn.catch(() => undefined); // its failure is its caller's
    return turn;
  }
}
