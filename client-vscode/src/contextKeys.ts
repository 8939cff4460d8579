// What menus and key bindings can ask for in their `when`, told to the editor where it has changed.

import * as vscode from 'vscode';

import type { Activity } from './activity';
import { CONTEXT } from './names';

export class ContextKeys {
  readonly #activity: Activity;
  readonly #told = new Map<string, unknown>();

  constructor(activity: Activity) {
    this.#activity = activity;
  }

  update(): void {
    this.#tell(CONTEXT.server, this.#activity.server);
    this.#tell(CONTEXT.running, this.#activity.isBusy);
    this.#tell(CONTEXT.asking, this.#activity.asking > 0);
  }

  #tell(key: string, value: unknown): void {
    if (this.#told.get(key) !== value) {
      this.#told.set(key, value);
      void vscode.commands.executeCommand('setContext', key, value);
    }
  }
}
