// How a server that has crashed is started again: at once the first time, later after longer and longer
// waits, and not any more when it keeps crashing.

const WAITS_MS = [0, 1_000, 4_000, 16_000, 60_000] as const;
/** A server that has run for so long has recovered: its next crash counts as the first. */
const STEADY_MS = 10 * 60_000;

export class BackOff {
  #crashes = 0;
  #startedAt = 0;

  /** The server runs. */
  started(now: number): void {
    this.#startedAt = now;
  }

  /** Forget all crashes: the user has asked for a restart. */
  reset(): void {
    this.#crashes = 0;
  }

  /** It crashed: how many milliseconds to wait before it is started again; undefined to leave it. */
  crashed(now: number): number | undefined {
    if (this.#startedAt > 0 && now - this.#startedAt >= STEADY_MS) {
      this.#crashes = 0;
    }
    const wait = WAITS_MS[this.#crashes];
    this.#crashes += 1;
    return wait;
  }
}
