// Looks on while another window or program works in the conversation that is shown, or a prompt waits in its
// queue: of that this window is told nothing, so what there is to be seen is read again and again, until there
// is nothing more.

const PAUSE_MS = 2000;
/** By then a prompt that was sent is in the queue. */
const SOON_MS = 300;

export class Onlooker {
  readonly #isNeeded: () => boolean;
  readonly #look: () => Promise<void>;
  #timer: NodeJS.Timeout | undefined;

  constructor(isNeeded: () => boolean, look: () => Promise<void>) {
    this.#isNeeded = isNeeded;
    this.#look = look;
  }

  /** To be called whenever it may have become needed; it is safe to repeat. */
  watch(): void {
    if (this.#timer === undefined && this.#isNeeded()) {
      this.#timer = setTimeout(() => void this.#again(), PAUSE_MS);
    }
  }

  /** Look once in any case. */
  soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#again(), SOON_MS);
  }

  async #again(): Promise<void> {
    await this.#look();
    this.#timer = undefined;
    this.watch();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
