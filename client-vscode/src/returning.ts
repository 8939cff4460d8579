// Tells when the user comes back to this window. What other windows and programs did in the meantime was not told
// to this one. In a browser, VS Code does not hear of it while the focus is in the panel's page, which says so itself.

import * as vscode from 'vscode';

import type { PanelView } from './panel/view';

export class Returning implements vscode.Disposable {
  readonly #returned = new vscode.EventEmitter<void>();
  readonly #subscriptions: { dispose: () => unknown }[];
  readonly onReturned = this.#returned.event;

  constructor(view: PanelView) {
    this.#subscriptions = [
      this.#returned,
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) {
          this.#returned.fire();
        }
      }),
      view.onSaid(({ type }) => {
        if (type === 'returned') {
          this.#returned.fire();
        }
      }),
    ];
  }

  dispose(): void {
    this.#subscriptions.forEach((each) => void each.dispose());
  }
}
