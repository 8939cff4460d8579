// The commands that take a turn of Claude's: review, ask, debug; and the one that stops them.

import * as vscode from 'vscode';
import type { Range } from 'vscode-languageclient/node';

import type { ActiveFile } from './activeFile';
import { chooseFailure } from './failure';
import type { AskSubject, Commands, TurnCommand, TurnResult } from './protocol';
import type { Server } from './server';
import type { SessionCommands } from './sessionCommands';
import { outcome, shortfall } from './wording';

export class TurnCommands {
  readonly #server: Server;
  readonly #sessions: SessionCommands;
  readonly #active: ActiveFile;

  constructor(server: Server, sessions: SessionCommands, active: ActiveFile) {
    this.#server = server;
    this.#sessions = sessions;
    this.#active = active;
  }

  async reviewFile(uri?: vscode.Uri): Promise<void> {
    const target = uri ?? this.#needed()?.document.uri;
    if (target !== undefined) {
      await this.#run(`Reviewing ${nameOf(target)}`, 'review', { uri: target.toString() });
    }
  }

  async reviewSelection(): Promise<void> {
    const editor = this.#needed();
    if (editor !== undefined) {
      const range = selected(editor);
      await this.#run(`Reviewing a part of ${nameOf(editor.document.uri)}`, 'review', {
        uri: editor.document.uri.toString(),
        ...(range && { range }),
      });
    }
  }

  /** Ask about what a code action or a code lens names, else about where the user is. */
  async ask(named?: AskSubject): Promise<void> {
    const subject = named ?? this.#subject();
    const about = subject.uri === undefined || subject.uri === null ? 'the workspace' : nameOf(vscode.Uri.parse(subject.uri));
    const title = subject.findingId === undefined ? `Ask Claude about ${about}` : 'Ask Claude about this finding';
    const text = await vscode.window.showInputBox({ title, ignoreFocusOut: true });
    if (text !== undefined && text.trim() !== '') {
      await this.#run('Asking Claude', 'ask', { ...subject, text });
    }
  }

  #subject(): AskSubject {
    const editor = this.#active.editor;
    const range = editor && selected(editor);
    return { uri: this.#active.uri, ...(range && { range }) };
  }

  async debugError(): Promise<void> {
    const editor = this.#needed();
    const failure = editor && (await chooseFailure(editor));
    if (editor === undefined || failure === undefined) {
      return;
    }
    const diagnostics = failure.diagnostics && (await this.#server.wireDiagnostics(failure.diagnostics));
    const range = selected(editor);
    await this.#run(`Debugging ${nameOf(editor.document.uri)}`, 'debug', {
      uri: editor.document.uri.toString(),
      ...(failure.error !== undefined && { error: failure.error }),
      ...(diagnostics && { diagnostics }),
      ...(range && { range }),
    });
  }

  /** The editor to work on; the user is told when there is none. */
  #needed(): vscode.TextEditor | undefined {
    const editor = this.#active.editor;
    if (editor === undefined) {
      void vscode.window.showInformationMessage('Open a file first: Claude Sidecar works on files on the disk.');
    }
    return editor;
  }

  async cancel(): Promise<void> {
    const { stopped } = await this.#server.execute('cancel', {});
    const message = stopped.length === 0 ? 'Claude is not doing anything.' : 'Claude was stopped.';
    vscode.window.setStatusBarMessage(message, 5000);
  }

  async #run<C extends TurnCommand>(title: string, command: C, argument: Commands[C]['argument']): Promise<void> {
    await this.#tell(command, await this.#server.executeWithProgress(title, command, argument));
  }

  async #tell(command: TurnCommand, result: TurnResult): Promise<void> {
    const short = shortfall(result);
    const show = 'Show Conversation';
    let picked: string | undefined;
    if (result.stopReason === 'error') {
      picked = await vscode.window.showErrorMessage(short ?? '', show);
    } else if (short !== undefined && result.stopReason !== 'cancelled') {
      picked = await vscode.window.showWarningMessage(short, show);
    } else if (command === 'review' && short === undefined) {
      const found = result.findings.length === 0 ? 'No findings · ' : '';
      picked = await vscode.window.showInformationMessage(`${found}${outcome(result)}`, show);
    }
    if (picked === show) {
      await this.#sessions.showSession(result.sessionId);
    }
  }
}

function selected({ selection }: vscode.TextEditor): Range | undefined {
  if (selection.isEmpty) {
    return undefined;
  }
  const { start, end } = selection;
  return {
    start: { line: start.line, character: start.character },
    end: { line: end.line, character: end.character },
  };
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
