// Has the server take a turn, with its progress in a notification, and tells the user how it ended.

import * as vscode from 'vscode';

import type { Commands, TurnCommand } from './commandShapes';
import { UserCommand } from './names';
import type { TurnResult } from './protocol';
import type { Server } from './server';
import { outcome, shortfall } from './wording';

/** A button of the notification that tells how a turn ended. */
export interface Offer {
  title: string;
  command: string;
}

const SHOW = 'Show Conversation';

export class TurnRunner {
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  async run<C extends TurnCommand>(title: string, command: C, argument: Commands[C]['argument']): Promise<void> {
    const result: TurnResult = await this.#server.executeWithProgress(title, command, argument);
    await this.#tell(result, command === 'review' || command === 'reviewChanges');
  }

  /** Several turns, of which the first that did not end well is told. @param offer what can be done about that one. */
  async runSteps(title: string, argument: Commands['runSteps']['argument'], offer: Offer): Promise<void> {
    const results = await this.#server.executeWithProgress(title, 'runSteps', argument);
    const failed = results.find((result) => shortfall(result) !== undefined);
    await this.#tell(failed ?? results.at(-1), false, offer);
  }

  /** @param isReview a review shows itself by its diagnostics; what was asked in words is in the panel. */
  async #tell(result: TurnResult | undefined, isReview: boolean, offer?: Offer): Promise<void> {
    if (result === undefined) {
      return;
    }
    const short = shortfall(result);
    const buttons = [...(offer === undefined || short === undefined ? [] : [offer.title]), SHOW];
    let picked: string | undefined;
    if (result.stopReason === 'error') {
      picked = await vscode.window.showErrorMessage(short ?? '', ...buttons);
    } else if (short !== undefined && result.stopReason !== 'cancelled') {
      picked = await vscode.window.showWarningMessage(short, ...buttons);
    } else if (isReview && short === undefined) {
      const found = result.findings.length === 0 ? 'No findings · ' : '';
      picked = await vscode.window.showInformationMessage(`${found}${outcome(result)}`, SHOW);
    }
    if (picked === SHOW) {
      await vscode.commands.executeCommand(UserCommand.showConversation, { sessionId: result.sessionId });
    } else if (picked !== undefined && picked === offer?.title) {
      await vscode.commands.executeCommand(offer.command);
    }
  }
}
