// Spreads work over frames: a view that has something to do says so, and does as much of it in each
// frame as the frame has time for.

export interface View {
  /** Do some of what is to be done. @returns whether there is more. */
  work(hasTime: () => boolean): boolean;
}

/** Milliseconds of a frame that are used; the rest is the browser's, for style, layout and paint. */
const SHARE_MS = 3;

export class Frames {
  readonly #waiting = new Set<View>();
  #requested = false;

  request(view: View): void {
    this.#waiting.add(view);
    if (!this.#requested) {
      this.#requested = true;
      requestAnimationFrame(() => {
        this.#frame();
      });
    }
  }

  #frame(): void {
    this.#requested = false;
    const end = performance.now() + SHARE_MS;
    const hasTime = (): boolean => performance.now() < end;
    const views = [...this.#waiting];
    this.#waiting.clear();
    for (const view of views) {
      if (!hasTime() || view.work(hasTime)) {
        this.request(view);
      }
    }
  }
}
