// The item in the status bar: what the server does, and what this window has spent.

import * as vscode from 'vscode';

import type { Activity } from './activity';
import { UserCommand } from './names';

export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('claudeSidecar.status', vscode.StatusBarAlignment.Right, 100);
  readonly #activity: Activity;

  constructor(activity: Activity) {
    this.#activity = activity;
    this.#item.name = 'Claude Sidecar';
    this.update();
    this.#item.show();
  }

  /** Show the activity as it is now. */
  update(): void {
    const { text, tooltip, warning } = this.#activity.status;
    this.#item.text = text;
    this.#item.tooltip = tooltip;
    this.#item.command = this.#activity.server === 'stopped' ? UserCommand.restartServer : UserCommand.showConversation;
    this.#item.backgroundColor = warning ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
  }

  dispose(): void {
    this.#item.dispose();
  }
}
