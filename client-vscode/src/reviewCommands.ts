// Reviews: of a file, a selection or changes, with what they are to look for, and what they may cost.

import * as vscode from 'vscode';

import type { ActiveFile } from './activeFile';
import { chooseReview } from './reviewChoices';
import type { Commands } from './commandShapes';
import type { Server } from './server';
import { nameOf, neededEditor, neededFolder, rangeOf } from './target';
import { chooseBase } from './turnChoices';
import type { TurnRunner } from './turnRunner';
import { estimateWords } from './wording';

export class ReviewCommands {
  readonly #server: Server;
  readonly #active: ActiveFile;
  readonly #runner: TurnRunner;

  constructor(server: Server, active: ActiveFile, runner: TurnRunner) {
    this.#server = server;
    this.#active = active;
    this.#runner = runner;
  }

  /** @param focus what to look for, in words. */
  async file(uri?: vscode.Uri, focus?: string): Promise<void> {
    const target = uri ?? neededEditor(this.#active)?.document.uri;
    if (target !== undefined) {
      const argument = { uri: target.toString(), ...(focus !== undefined && { focus }) };
      await this.#runner.run(`Reviewing ${nameOf(target)}`, 'review', argument);
    }
  }

  async selection(): Promise<void> {
    const editor = neededEditor(this.#active);
    if (editor !== undefined) {
      const { uri } = editor.document;
      await this.#runner.run(`Reviewing a part of ${nameOf(uri)}`, 'review', { uri: uri.toString(), ...rangeOf(editor) });
    }
  }

  /** The file, or what is selected in it, from points of view that the user picks. */
  async pickedFor(uri?: vscode.Uri): Promise<void> {
    const editor = uri === undefined ? neededEditor(this.#active) : undefined;
    const target = uri ?? editor?.document.uri;
    const wishes = target && (await chooseReview(nameOf(target)));
    if (target !== undefined && wishes !== undefined) {
      const argument = { uri: target.toString(), ...(editor && rangeOf(editor)), ...wishes };
      await this.#runner.run(`Reviewing ${nameOf(target)}`, 'review', argument);
    }
  }

  /** @param root a folder, as the source control view names it. */
  async changes(root?: vscode.Uri): Promise<void> {
    const folder = root ?? (await neededFolder(this.#active));
    const base = folder && (await chooseBase());
    if (folder !== undefined && base !== undefined) {
      await this.#runner.run('Reviewing the changes', 'reviewChanges', { workspace: folder.toString(), base });
    }
  }

  /** Say what a review may take, and make it if the user then wants it. */
  async estimate(): Promise<void> {
    const { editor } = this.#active;
    const changes = { label: '$(git-compare) Changes…', description: 'of the workspace', what: 'changes' as const };
    const file = editor && { label: `$(file) ${nameOf(editor.document.uri)}`, what: 'file' as const };
    const selection = editor && !editor.selection.isEmpty && { label: '$(list-selection) The selection', what: 'selection' as const };
    const choices = [...(selection ? [selection] : []), ...(file ? [file] : []), changes];
    const picked = await vscode.window.showQuickPick(choices, { title: 'What would a review cost? Of what?' });
    if (picked?.what === 'changes') {
      await this.#estimateChanges();
    } else if (picked !== undefined && editor !== undefined) {
      const uri = editor.document.uri.toString();
      const argument = { uri, ...(picked.what === 'selection' && rangeOf(editor)) };
      await this.#offer(argument, () => this.#runner.run(`Reviewing ${nameOf(editor.document.uri)}`, 'review', argument));
    }
  }

  async #estimateChanges(): Promise<void> {
    const folder = await neededFolder(this.#active);
    const base = folder && (await chooseBase());
    if (folder !== undefined && base !== undefined) {
      const argument = { workspace: folder.toString(), base };
      await this.#offer(argument, () => this.#runner.run('Reviewing the changes', 'reviewChanges', argument));
    }
  }

  async #offer(argument: Commands['estimate']['argument'], review: () => Promise<void>): Promise<void> {
    const button = 'Review';
    const words = estimateWords(await this.#server.execute('estimate', argument));
    if ((await vscode.window.showInformationMessage(words, button)) === button) {
      await review();
    }
  }
}
