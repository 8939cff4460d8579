// Has the server take a turn, with its progress in a notification, and tells the user how it ended.

import * as vscode from 'vscode';

import type { Commands, TurnCommand } from './commandShapes';
import { UserCommand } from './names';
import type { SessionUpdate, TurnResult } from './protocol';
import type { Server } from './server';
import { outcome, shortfall } from './wording';

/** A button of the notification that tells how a turn ended. */
export interface Offer {
  title: string;
  take: () => Promise<void>;
}

const SHOW = 'Show Conversation';

export class TurnRunner {
  readonly #server: Server;
  /** The debugging that runs goes to where it failed. */
  #follows = false;

  constructor(server: Server) {
    this.#server = server;
  }

  async run<C extends TurnCommand>(title: string, command: C, argument: Commands[C]['argument']): Promise<void> {
    const result: TurnResult = await this.#server.executeWithProgress(title, command, argument);
    await this.#tell(result, command === 'review' || command === 'reviewChanges');
  }

  /** Debug a failure. Where it leads to a file, that is opened, and the conversation about it with it. */
  async debugWhereItFailed(title: string, argument: Commands['debug']['argument']): Promise<void> {
    this.#follows = true;
    try {
      await this.run(title, 'debug', argument);
    } finally {
      this.#follows = false;
    }
  }

  apply({ update }: SessionUpdate): void {
    if (this.#follows && update.kind === 'turn_started' && update.turn.kind === 'debug' && update.turn.uri !== undefined) {
      const file = vscode.Uri.parse(update.turn.uri);
      vscode.window.showTextDocument(file, { preview: true, preserveFocus: true }).then(undefined, (error: unknown) => {
        this.#server.log.warn(`${file.fsPath} could not be shown: ${String(error)}`);
      });
    }
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
      await offer.take();
    }
  }
}
