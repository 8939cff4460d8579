// What the status bar tells: what runs, what waits for an answer, and what was spent today.

import type { SessionUpdate } from './protocol';
import { count, dollars } from './wording';

export type ServerState = 'starting' | 'running' | 'stopped';

export interface StatusText {
  text: string;
  tooltip: string;
  warning: boolean;
}

export class Activity {
  server: ServerState = 'starting';
  /** How many permissions and questions wait for an answer. */
  asking = 0;
  #running = new Set<string>();
  /** What the store says of today, by all windows and editors. */
  #todayUsd = 0;
  /** What turns of this window cost that the store has not told of yet. */
  #spentUsd = new Map<string, number>();

  apply({ turnId, update }: SessionUpdate): void {
    switch (update.kind) {
      case 'waiting': // it can be cancelled like any other
      case 'turn_started':
        this.#running.add(turnId);
        break;
      case 'usage_update':
        this.#spentUsd.set(turnId, update.cost.turnUsd);
        break;
      case 'turn_ended':
        this.#running.delete(turnId);
        this.#spentUsd.set(turnId, update.result.cost.turnUsd);
        break;
      default:
        break; // the rest does not change what the status bar says
    }
  }

  /**
   * The store tells what was spent today.
   *
   * @param told the turns that it knows of: those that had ended when it was asked.
   */
  spentToday(usd: number, told: readonly string[]): void {
    this.#todayUsd = usd;
    told.forEach((turnId) => this.#spentUsd.delete(turnId));
  }

  /** The turns that have ended, and are counted here and not yet in what the store told. */
  get ended(): string[] {
    return [...this.#spentUsd.keys()].filter((turnId) => !this.#running.has(turnId));
  }

  /** A server that is gone runs nothing and waits for nothing. */
  serverIs(state: ServerState): void {
    this.server = state;
    if (state !== 'running') {
      this.#running.clear();
    }
  }

  /** What today has cost in all windows and editors, this one's running turns included. */
  get spentTodayUsd(): number {
    return [...this.#spentUsd.values()].reduce((sum, cost) => sum + cost, this.#todayUsd);
  }

  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  get status(): StatusText {
    const spent = this.spentTodayUsd;
    const cost = spent > 0 ? ` ${dollars(spent)}` : '';
    const tooltip = `Claude Sidecar: ${dollars(spent)} today`;
    if (this.server === 'starting') {
      return { text: '$(loading~spin) Claude', tooltip: 'Claude Sidecar: starting', warning: false };
    }
    if (this.server === 'stopped') {
      return { text: '$(debug-disconnect) Claude', tooltip: 'Claude Sidecar: the server is not running', warning: true };
    }
    if (this.asking > 0) {
      return { text: `$(bell-dot) Claude asks${cost}`, tooltip: `${tooltip}, waiting for your answer`, warning: true };
    }
    if (this.#running.size > 0) {
      const turns = count(this.#running.size, 'turn');
      return { text: `$(sync~spin) Claude${cost}`, tooltip: `${tooltip}, ${turns} running`, warning: false };
    }
    return { text: `$(comment-discussion) Claude${cost}`, tooltip, warning: false };
  }
}
