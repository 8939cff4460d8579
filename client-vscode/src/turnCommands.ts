// The commands that take a turn of Claude's besides reviews: ask, explain, fix, debug, steps; and those that go on
// with one and stop one.

import * as vscode from 'vscode';

import type { ActiveFile } from './activeFile';
import type { AskSubject, Commands } from './commandShapes';
import { chooseFailure } from './failure';
import type { Server } from './server';
import { nameOf, neededEditor, rangeOf } from './target';
import { writeSteps } from './turnChoices';
import type { Offer, TurnRunner } from './turnRunner';
import { cancellationWords } from './wording';

export class TurnCommands {
  readonly #server: Server;
  readonly #active: ActiveFile;
  readonly #runner: TurnRunner;

  constructor(server: Server, active: ActiveFile, runner: TurnRunner) {
    this.#server = server;
    this.#active = active;
    this.#runner = runner;
  }

  /** Ask about what a code action or a code lens names, else about where the user is. */
  async ask(named?: AskSubject): Promise<void> {
    const subject = named ?? this.#subject();
    const about = typeof subject.uri === 'string' ? nameOf(vscode.Uri.parse(subject.uri)) : 'the workspace';
    const title = subject.findingId === undefined ? `Ask Claude about ${about}` : 'Ask Claude about this finding';
    const text = await vscode.window.showInputBox({ title, ignoreFocusOut: true });
    if (text !== undefined && text.trim() !== '') {
      await this.#runner.run('Asking Claude', 'ask', { ...subject, text });
    }
  }

  async explain(named?: AskSubject): Promise<void> {
    const editor = named === undefined ? neededEditor(this.#active) : undefined;
    const subject = named ?? (editor && this.#subject());
    if (subject !== undefined) {
      const what = subject.findingId === undefined ? (subject.range === undefined ? 'this file' : 'this code') : 'this finding';
      const text = `Explain ${what}: what it does, and why it is done so.`;
      await this.#runner.run('Explaining', 'ask', { ...subject, text, readOnly: true });
    }
  }

  /** What other tools report where the cursor or the selection is; without that, what Claude makes of it. */
  async fix(): Promise<void> {
    const editor = neededEditor(this.#active);
    if (editor === undefined) {
      return;
    }
    const { document, selection } = editor;
    const reported = vscode.languages.getDiagnostics(document.uri);
    const here = selection.isEmpty ? document.lineAt(selection.active.line).range : selection;
    const near = reported.filter((diagnostic) => diagnostic.range.intersection(here) !== undefined);
    const diagnostics = await this.#server.wireDiagnostics(near.length > 0 ? near : reported);
    const argument = { uri: document.uri.toString(), ...rangeOf(editor), ...(diagnostics.length > 0 && { diagnostics }) };
    await this.#runner.run(`Fixing ${nameOf(document.uri)}`, 'fix', argument);
  }

  /**
   * Something that went wrong: a text belongs to the file where it says that it failed, what is selected or reported
   * to the file where that is.
   *
   * @param error the message, where it is known already.
   */
  async debugError(error?: string): Promise<void> {
    const editor = this.#active.editor;
    const failure = error === undefined ? await chooseFailure(editor) : { error };
    if (failure === undefined) {
      return;
    }
    const diagnostics = failure.diagnostics && (await this.#server.wireDiagnostics(failure.diagnostics));
    const range = error === undefined && editor !== undefined ? rangeOf(editor) : {};
    const isHere = diagnostics !== undefined || range.range !== undefined;
    await this.#runner.debugWhereItFailed('Debugging', {
      ...(isHere && { uri: this.#active.uri, ...range }),
      ...(failure.error !== undefined && { error: failure.error }),
      ...(diagnostics && { diagnostics }),
    });
  }

  /**
   * A command that fails: it is run after permission, what it fails with is looked into, and it is run again.
   *
   * @param test the command, where it is known already.
   */
  async debugCommand(test?: string): Promise<void> {
    const prompt = 'A command that fails, such as pytest -x. It is run, once you allow it, and again after each change';
    const command = test ?? (await vscode.window.showInputBox({ title: 'Debug a failing command', prompt, ignoreFocusOut: true }));
    if (command !== undefined && command.trim() !== '') {
      await this.#runner.debugWhereItFailed(`Debugging ${command}`, { test: command.trim() });
    }
  }

  /** A debugger's state, about the file where the program stands. */
  async debugState(title: string, argument: Commands['debug']['argument']): Promise<void> {
    await this.#runner.run(title, 'debug', argument);
  }

  async runSteps(): Promise<void> {
    const steps = await writeSteps();
    if (steps.length > 0) {
      const { uri } = this.#active;
      await this.#runner.runSteps('Carrying out the steps', { steps, uri }, this.#resuming(uri));
    }
  }

  /** What is left of the last list of steps, from the one on that did not end well. @param uri null: of the workspace. */
  async resumeSteps(uri: string | null): Promise<void> {
    await this.#runner.runSteps('Going on with the steps', { resume: true, uri }, this.#resuming(uri));
  }

  #resuming(uri: string | null): Offer {
    return { title: 'Resume Steps', take: () => this.resumeSteps(uri) };
  }

  /** Go on with a session's last turn, or do it again; it is one that did not end well. */
  async again(how: 'turnContinue' | 'turnRetry', sessionId: string): Promise<void> {
    await this.#runner.run(how === 'turnContinue' ? 'Going on' : 'Trying again', how, { sessionId });
  }

  /** @param instructions what the summary is to keep. */
  async compact(sessionId: string, instructions?: string): Promise<void> {
    const argument = { sessionId, ...(instructions !== undefined && { instructions }) };
    await this.#runner.run('Summarising the conversation', 'sessionCompact', argument);
  }

  async cancel(): Promise<void> {
    const words = cancellationWords(await this.#server.execute('cancel', {}));
    if (words.stillRuns) {
      void vscode.window.showWarningMessage(words.text);
    } else {
      vscode.window.setStatusBarMessage(words.text, 5000);
    }
  }

  #subject(): AskSubject {
    const editor = this.#active.editor;
    return { uri: this.#active.uri, ...(editor && rangeOf(editor)) };
  }
}
