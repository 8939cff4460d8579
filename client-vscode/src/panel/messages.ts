// What the panel's page asks for, carried out.

import * as vscode from 'vscode';

import type { ActiveFile } from '../activeFile';
import type { Asks } from '../asks';
import { UserCommand } from '../names';
import { openLink, openLocation } from '../openers';
import type { Pages } from '../pages';
import { explained } from '../problems';
import type { Session } from '../protocol';
import type { Server } from '../server';
import { applyToFile, insertAtCursor } from './codeIntoFile';
import type { PanelController } from './controller';
import { fileSuggestions } from './fileSuggestions';
import { withAttachments } from './selection';
import type { PanelView } from './view';
import type { Attachment, FromPanel } from './wire';

type Action = Extract<FromPanel, { type: 'run' }>['action'];

export class PanelMessages {
  readonly #server: Server;
  readonly #view: PanelView;
  readonly #controller: PanelController;
  readonly #active: ActiveFile;
  readonly #asks: Asks;
  readonly #pages: Pages;

  constructor(parts: {
    server: Server;
    view: PanelView;
    controller: PanelController;
    active: ActiveFile;
    asks: Asks;
    pages: Pages;
  }) {
    this.#server = parts.server;
    this.#view = parts.view;
    this.#controller = parts.controller;
    this.#active = parts.active;
    this.#asks = parts.asks;
    this.#pages = parts.pages;
  }

  /** Carry out one; failing is told to the user. */
  async take(message: FromPanel): Promise<void> {
    try {
      await this.#take(message);
    } catch (error) {
      this.#server.log.error(String(error));
      void vscode.window.showErrorMessage(explained(error));
    }
  }

  async #take(message: FromPanel): Promise<void> {
    switch (message.type) {
      case 'ready':
      case 'returned':
        break; // heard elsewhere
      case 'send':
        await this.#send(message.text, message.attachments);
        break;
      case 'resend':
        await this.#resend(message.turnId, message.text);
        break;
      case 'again':
        await this.#server.ensureRunning();
        await this.#server.execute(message.how === 'retry' ? 'turnRetry' : 'turnContinue', { turnId: message.turnId });
        break;
      case 'fork':
        await this.#fork(message.turnId);
        break;
      case 'stop':
        await this.#stop();
        break;
      case 'choose':
        this.#asks.choose(message.id, message.optionId, message.message);
        break;
      case 'reply':
        this.#asks.reply(message.id, message.answers);
        break;
      case 'refuse':
        this.#asks.refuse(message.id);
        break;
      case 'suggest':
        this.#view.say({ type: 'suggestions', request: message.request, suggestions: await fileSuggestions(message.query) });
        break;
      case 'run':
        await this.#run(message.action);
        break;
      case 'command':
        await this.#command(message.name, message.rest);
        break;
      default:
        await this.#open(message);
    }
  }

  async #open(
    message: Extract<
      FromPanel,
      { type: 'openLocation' | 'openLink' | 'openFinding' | 'openPermissionDiff' | 'openToolDiff' | 'copy' | 'insert' | 'apply' }
    >,
  ): Promise<void> {
    switch (message.type) {
      case 'openLocation':
        await openLocation(vscode.Uri.parse(message.uri), message.line);
        break;
      case 'openLink': {
        const { place } = this.#controller;
        await openLink(message.href, place === null ? undefined : vscode.Uri.parse(place));
        break;
      }
      case 'openFinding':
        await vscode.commands.executeCommand(UserCommand.openFinding, message.findingId);
        break;
      case 'openPermissionDiff':
        await this.#openPermissionDiff(message.id);
        break;
      case 'openToolDiff':
        await this.#openToolDiff(message.turnId, message.toolCallId);
        break;
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        vscode.window.setStatusBarMessage('$(check) Copied', 2000);
        break;
      case 'insert':
        await insertAtCursor(this.#active, message.text);
        break;
      case 'apply':
        await applyToFile(this.#active, this.#pages, message.text);
        break;
      default:
        message satisfies never;
    }
  }

  /** A prompt that the server did not take is given back, so that it is not lost. */
  async #send(text: string, attachments: readonly Attachment[], into?: string): Promise<void> {
    let whole = text;
    try {
      const { place, sessionId = into } = into === undefined ? await this.#controller.addressee() : { place: this.#controller.place };
      await this.#server.ensureRunning();
      whole = await withAttachments(text, attachments);
      const answered = this.#server.execute('ask', { text: whole, uri: place, ...(sessionId !== undefined && { sessionId }) });
      this.#controller.queued();
      await answered;
    } catch (error) {
      this.#server.log.error(String(error));
      if (!this.#isShownAsFailed(whole)) {
        this.#view.say({ type: 'refused', text, message: explained(error) });
      }
    }
  }

  /** A turn that waited in vain stands in the conversation, with its prompt and what can be done about it. */
  #isShownAsFailed(prompt: string): boolean {
    const last = this.#controller.conversation?.turns.at(-1);
    return last?.ended?.stopReason === 'error' && last.prompt === prompt;
  }

  /** From before the turn whose prompt was changed: what followed stays in the session it is in. */
  async #resend(turnId: string, text: string): Promise<void> {
    const conversation = this.#controller.conversation;
    const turns = conversation?.turns ?? [];
    const before = turns[turns.findIndex((turn) => turn.turnId === turnId) - 1];
    const { place } = this.#controller;
    const sessionId = await this.#showNext(() =>
      conversation === undefined || before === undefined
        ? this.#server.execute('sessionNew', { uri: place })
        : this.#server.execute('sessionFork', { sessionId: conversation.sessionId, turnId: before.turnId }),
    );
    await this.#send(text, [], sessionId);
  }

  /** A session of its own that has what was said up to a turn. */
  async #fork(turnId: string): Promise<void> {
    const sessionId = this.#controller.conversation?.sessionId;
    if (sessionId !== undefined) {
      await this.#showNext(() => this.#server.execute('sessionFork', { sessionId, turnId }));
    }
  }

  /** Show the session that this makes. @returns its id. */
  #showNext(make: () => Promise<Session>): Promise<string> {
    return this.#controller.changes.make(async () => {
      const { sessionId } = await make();
      await this.#controller.show(await this.#server.execute('sessionHistory', { sessionId }));
      return sessionId;
    });
  }

  async #stop(): Promise<void> {
    const sessionId = this.#controller.conversation?.sessionId;
    if (sessionId !== undefined) {
      await this.#server.execute('cancel', { sessionId });
    }
  }

  async #openPermissionDiff(id: number): Promise<void> {
    const ask = this.#asks.open.find((each) => each.id === id);
    if (ask?.type === 'permission' && ask.request.diff !== undefined) {
      await this.#pages.showDiff(ask.request.title, ask.request.toolCallId, ask.request.diff);
    }
  }

  async #openToolDiff(turnId: string, toolCallId: string): Promise<void> {
    for (const part of this.#controller.conversation?.turn(turnId)?.parts ?? []) {
      if (part.type === 'tool' && part.tool.toolCallId === toolCallId && part.tool.diff !== undefined) {
        const { path, oldText, newText } = part.tool.diff;
        await this.#pages.showDiff(part.tool.title, toolCallId, { uri: vscode.Uri.file(path).toString(), oldText, newText });
      }
    }
  }

  async #run(action: Action): Promise<void> {
    const commands: Record<Exclude<Action, 'reload'>, [command: string, ...unknown[]]> = {
      review: [UserCommand.reviewFile],
      resume: [UserCommand.resumeSession],
      resumeSteps: [UserCommand.resumeSteps],
      mode: [UserCommand.chooseMode],
      login: [UserCommand.logIn],
      restart: [UserCommand.restartServer],
      log: [UserCommand.showLog],
      settings: ['workbench.action.openSettings', 'claudeSidecar.budget'],
      openFile: ['workbench.action.quickOpen'],
    };
    if (action === 'reload') {
      await this.#controller.reload();
    } else {
      await vscode.commands.executeCommand(...commands[action]);
    }
  }

  async #command(name: string, rest: string): Promise<void> {
    const commands: Record<string, string> = {
      review: UserCommand.reviewFile,
      estimate: UserCommand.estimateReview,
      debug: UserCommand.debugError,
      test: UserCommand.debugCommand,
      explain: UserCommand.explain,
      fix: UserCommand.fix,
      steps: UserCommand.runSteps,
      new: UserCommand.newSession,
      resume: UserCommand.resumeSession,
      fork: UserCommand.forkSession,
      compact: UserCommand.compact,
      rewind: UserCommand.rewind,
      mode: UserCommand.chooseMode,
      permissions: UserCommand.showPermissions,
      rename: UserCommand.renameSession,
      export: UserCommand.exportSession,
      usage: UserCommand.showUsage,
      doctor: UserCommand.doctor,
    };
    const command = commands[name];
    if (command !== undefined) {
      await vscode.commands.executeCommand(command, rest === '' ? undefined : { words: rest });
    }
  }
}
