// What was spent today, in all windows and editors: asked of the server when it may have changed.

import * as vscode from 'vscode';

import type { Activity } from './activity';
import type { SessionUpdate } from './protocol';
import type { Server } from './server';
import { today } from './wording';

export class Spending implements vscode.Disposable {
  readonly #server: Server;
  readonly #activity: Activity;
  readonly #changed: () => void;
  readonly #subscriptions: vscode.Disposable[];

  constructor(server: Server, activity: Activity, changed: () => void) {
    this.#server = server;
    this.#activity = activity;
    this.#changed = changed;
    this.#subscriptions = [
      server.onStateChanged((state) => {
        if (state === 'running') {
          void this.refresh();
        }
      }),
      // Other windows spend too, and a day ends.
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused && activity.server === 'running') {
          void this.refresh();
        }
      }),
    ];
  }

  apply({ update }: SessionUpdate): void {
    if (update.kind === 'turn_ended') {
      void this.refresh();
    }
  }

  async refresh(): Promise<void> {
    const ended = this.#activity.ended;
    try {
      const { costUsd } = await this.#server.execute('usage', { since: today(new Date()) });
      this.#activity.spentToday(costUsd, ended);
      this.#changed();
    } catch (error) {
      this.#server.log.debug(`What was spent today is not known: ${String(error)}`);
    }
  }

  dispose(): void {
    this.#subscriptions.forEach((each) => void each.dispose());
  }
}
