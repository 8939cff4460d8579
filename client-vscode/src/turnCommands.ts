// The commands that take a turn of Claude's: review, ask, explain, fix, debug, steps; and the one that stops them.

import * as vscode from 'vscode';
import type { Range } from 'vscode-languageclient/node';

import type { ActiveFile } from './activeFile';
import { chooseFailure } from './failure';
import { UserCommand } from './names';
import type { AskSubject, Commands, TurnCommand, TurnResult } from './protocol';
import type { Server } from './server';
import { chooseBase, writeSteps } from './turnChoices';
import { outcome, shortfall } from './wording';

export class TurnCommands {
  readonly #server: Server;
  readonly #active: ActiveFile;

  constructor(server: Server, active: ActiveFile) {
    this.#server = server;
    this.#active = active;
  }

  /** @param focus what to look for, in words. */
  async reviewFile(uri?: vscode.Uri, focus?: string): Promise<void> {
    const target = uri ?? this.#needed()?.document.uri;
    if (target !== undefined) {
      const argument = { uri: target.toString(), ...(focus !== undefined && { focus }) };
      await this.#run(`Reviewing ${nameOf(target)}`, 'review', argument);
    }
  }

  async reviewSelection(): Promise<void> {
    const editor = this.#needed();
    if (editor !== undefined) {
      const { uri } = editor.document;
      await this.#run(`Reviewing a part of ${nameOf(uri)}`, 'review', { uri: uri.toString(), ...rangeOf(editor) });
    }
  }

  /** @param root a folder, as the source control view names it. */
  async reviewChanges(root?: vscode.Uri): Promise<void> {
    const folder = root ?? (await this.#folder());
    const base = folder && (await chooseBase());
    if (folder !== undefined && base !== undefined) {
      await this.#run('Reviewing the changes', 'reviewChanges', { workspace: folder.toString(), base });
    }
  }

  /** Ask about what a code action or a code lens names, else about where the user is. */
  async ask(named?: AskSubject): Promise<void> {
    const subject = named ?? this.#subject();
    const about = typeof subject.uri === 'string' ? nameOf(vscode.Uri.parse(subject.uri)) : 'the workspace';
    const title = subject.findingId === undefined ? `Ask Claude about ${about}` : 'Ask Claude about this finding';
    const text = await vscode.window.showInputBox({ title, ignoreFocusOut: true });
    if (text !== undefined && text.trim() !== '') {
      await this.#run('Asking Claude', 'ask', { ...subject, text });
    }
  }

  async explain(named?: AskSubject): Promise<void> {
    const editor = named === undefined ? this.#needed() : undefined;
    const subject = named ?? (editor && this.#subject());
    if (subject !== undefined) {
      const what = subject.findingId === undefined ? (subject.range === undefined ? 'this file' : 'this code') : 'this finding';
      await this.#run('Explaining', 'ask', { ...subject, text: `Explain ${what}: what it does, and why it is done so.`, readOnly: true });
    }
  }

  /** What other tools report where the cursor or the selection is; without that, what Claude makes of it. */
  async fix(): Promise<void> {
    const editor = this.#needed();
    if (editor === undefined) {
      return;
    }
    const { document, selection } = editor;
    const reported = vscode.languages.getDiagnostics(document.uri);
    const here = selection.isEmpty ? document.lineAt(selection.active.line).range : selection;
    const near = reported.filter((diagnostic) => diagnostic.range.intersection(here) !== undefined);
    const diagnostics = await this.#server.wireDiagnostics(near.length > 0 ? near : reported);
    const argument = { uri: document.uri.toString(), ...rangeOf(editor), ...(diagnostics.length > 0 && { diagnostics }) };
    await this.#run(`Fixing ${nameOf(document.uri)}`, 'fix', argument);
  }

  /** @param error the message, where it is known already. */
  async debugError(error?: string): Promise<void> {
    const editor = this.#active.editor;
    const failure = error === undefined ? await chooseFailure(editor) : { error };
    if (failure === undefined) {
      return;
    }
    const diagnostics = failure.diagnostics && (await this.#server.wireDiagnostics(failure.diagnostics));
    await this.#run(`Debugging ${editor === undefined ? 'the workspace' : nameOf(editor.document.uri)}`, 'debug', {
      uri: this.#active.uri,
      ...(failure.error !== undefined && { error: failure.error }),
      ...(diagnostics && { diagnostics }),
      ...(editor && rangeOf(editor)),
    });
  }

  /** A debugger's state, about the file where the program stands. */
  async debugState(title: string, argument: Commands['debug']['argument']): Promise<void> {
    await this.#run(title, 'debug', argument);
  }

  async runSteps(): Promise<void> {
    const steps = await writeSteps();
    if (steps.length > 0) {
      const results = await this.#server.executeWithProgress('Carrying out the steps', 'runSteps', { steps, uri: this.#active.uri });
      const failed = results.find((result) => shortfall(result) !== undefined);
      await this.#tell(failed ?? results.at(-1), false);
    }
  }

  /** @param instructions what the summary is to keep. */
  async compact(sessionId: string, instructions?: string): Promise<void> {
    const argument = { sessionId, ...(instructions !== undefined && { instructions }) };
    await this.#run('Summarising the conversation', 'sessionCompact', argument);
  }

  async cancel(): Promise<void> {
    const { stopped } = await this.#server.execute('cancel', {});
    vscode.window.setStatusBarMessage(stopped.length === 0 ? 'Claude is not doing anything.' : 'Claude was stopped.', 5000);
  }

  #subject(): AskSubject {
    const editor = this.#active.editor;
    return { uri: this.#active.uri, ...(editor && rangeOf(editor)) };
  }

  /** The editor to work on; the user is told when there is none. */
  #needed(): vscode.TextEditor | undefined {
    const editor = this.#active.editor;
    if (editor === undefined) {
      void vscode.window.showInformationMessage('Open a file first: Claude Sidecar works on files on the disk.');
    }
    return editor;
  }

  /** The workspace folder that is meant: that of the active file, the only one, or the one that is picked. */
  async #folder(): Promise<vscode.Uri | undefined> {
    const { editor } = this.#active;
    const folders = vscode.workspace.workspaceFolders ?? [];
    const own = editor && vscode.workspace.getWorkspaceFolder(editor.document.uri);
    const folder = own ?? (folders.length > 1 ? await vscode.window.showWorkspaceFolderPick() : folders[0]);
    if (folders.length === 0) {
      void vscode.window.showInformationMessage('Open a folder first: changes are those of a workspace.');
    }
    return folder?.uri;
  }

  async #run<C extends TurnCommand>(title: string, command: C, argument: Commands[C]['argument']): Promise<void> {
    const result: TurnResult = await this.#server.executeWithProgress(title, command, argument);
    await this.#tell(result, command === 'review' || command === 'reviewChanges');
  }

  /** @param isReview a review shows itself by its diagnostics; what was asked in words is in the panel. */
  async #tell(result: TurnResult | undefined, isReview: boolean): Promise<void> {
    const short = result && shortfall(result);
    const show = 'Show Conversation';
    let picked: string | undefined;
    if (result?.stopReason === 'error') {
      picked = await vscode.window.showErrorMessage(short ?? '', show);
    } else if (short !== undefined && result?.stopReason !== 'cancelled') {
      picked = await vscode.window.showWarningMessage(short, show);
    } else if (isReview && result !== undefined && short === undefined) {
      const found = result.findings.length === 0 ? 'No findings · ' : '';
      picked = await vscode.window.showInformationMessage(`${found}${outcome(result)}`, show);
    }
    if (picked === show && result !== undefined) {
      await vscode.commands.executeCommand(UserCommand.showConversation, { sessionId: result.sessionId });
    }
  }
}

function rangeOf({ selection }: vscode.TextEditor): { range?: Range } {
  if (selection.isEmpty) {
    return {};
  }
  const { start, end } = selection;
  const range = { start: { line: start.line, character: start.character }, end: { line: end.line, character: end.character } };
  return { range };
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
