// Asks whether Claude may do something. No answer is a refusal.

import * as vscode from 'vscode';

import type { OneAtATime } from './oneAtATime';
import type { PermissionAnswer, PermissionOption, PermissionRequest } from './protocol';
import type { Pages } from './pages';

const ICONS: Record<PermissionOption['kind'], string> = {
  allow_once: 'check',
  allow_always: 'check-all',
  reject_once: 'close',
  reject_always: 'circle-slash',
};

const NO_ANSWER: PermissionAnswer = { outcome: 'cancelled' };

export class Permissions {
  readonly #dialogs: OneAtATime;
  readonly #pages: Pages;

  constructor(dialogs: OneAtATime, pages: Pages) {
    this.#dialogs = dialogs;
    this.#pages = pages;
  }

  /** @param token set when the turn that asks is over. */
  ask(request: PermissionRequest, token: vscode.CancellationToken): Promise<PermissionAnswer> {
    return this.#dialogs.run(async () => {
      if (token.isCancellationRequested) {
        return NO_ANSWER;
      }
      const closeDiff = request.diff && (await this.#pages.showDiff(request.title, request.toolCallId, request.diff));
      const items = request.options.map((option) => ({ label: `$(${ICONS[option.kind]}) ${option.name}`, option }));
      const options = { title: request.title, placeHolder: details(request), ignoreFocusOut: true };
      const picked = await vscode.window.showQuickPick(items, options, token);
      await closeDiff?.();
      return picked === undefined ? NO_ANSWER : { outcome: 'selected', optionId: picked.option.optionId };
    });
  }
}

function details({ description, rawInput }: PermissionRequest): string {
  const command = rawInput['command'];
  return description ?? (typeof command === 'string' ? command : JSON.stringify(rawInput));
}
