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
      const optionId = await choice(request, token);
      await closeDiff?.();
      return optionId === undefined ? NO_ANSWER : { outcome: 'selected', optionId };
    });
  }
}

/**
 * The option that the user chose on purpose. Nothing is chosen to begin with and typing chooses nothing,
 * because the question may come up under the hands of someone who is typing.
 */
function choice(request: PermissionRequest, token: vscode.CancellationToken): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { optionId: string }>();
  pick.title = request.title;
  pick.placeholder = details(request);
  pick.ignoreFocusOut = true;
  pick.items = request.options.map(({ kind, name, optionId }) => ({ label: `$(${ICONS[kind]}) ${name}`, optionId }));
  pick.activeItems = [];
  return new Promise<string | undefined>((resolve) => {
    const listeners = [
      token.onCancellationRequested(() => {
        pick.hide();
      }),
      pick.onDidChangeValue(() => {
        pick.value = '';
        pick.activeItems = [];
      }),
      pick.onDidAccept(() => {
        const [chosen] = pick.activeItems;
        if (chosen !== undefined) {
          resolve(chosen.optionId);
          pick.hide();
        }
      }),
      pick.onDidHide(() => {
        resolve(undefined); // of no effect where an option was chosen
        listeners.forEach((listener) => void listener.dispose());
        pick.dispose();
      }),
    ];
    pick.show();
  });
}

function details({ description, rawInput, diff }: PermissionRequest): string {
  if (diff !== undefined) {
    return 'The change is shown below';
  }
  const command = rawInput['command'];
  return description ?? (typeof command === 'string' ? command : JSON.stringify(rawInput));
}
