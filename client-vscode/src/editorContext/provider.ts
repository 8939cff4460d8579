// Answers the server's questions about the editor: what other extensions report and know, what is selected,
// where a debugged program stands. Answers are in LSP's shapes, as the client library converts them.

import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';

import type { ActiveFile } from '../activeFile';
import type { DebugTracker } from '../debug/tracker';
import { isRecord } from '../shape';
import type { ContextAnswer, ContextKind, ContextRequest } from './kinds';
import { symbolPosition } from './symbolPosition';

/** Where something was found; extensions may give either shape. */
type Found = vscode.Location | vscode.LocationLink;

/** Files of which diagnostics are told when none is named. */
const MOST_FILES = 100;

export class EditorContext {
  readonly #client: LanguageClient;
  readonly #active: ActiveFile;
  readonly #debug: DebugTracker;

  constructor(client: LanguageClient, active: ActiveFile, debug: DebugTracker) {
    this.#client = client;
    this.#active = active;
    this.#debug = debug;
  }

  async answer(request: ContextRequest): Promise<ContextAnswer> {
    const entries = await Promise.all(
      request.kinds.map(async (kind) => [kind, await this.#one(kind, request)] as const),
    );
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }

  /** Save a document as the user would, unless it has moved on since. */
  async save(uri: string, version: number): Promise<{ saved: boolean }> {
    const wanted = this.#place(uri).toString();
    const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === wanted);
    return { saved: document?.version === version && (await document.save()) };
  }

  async #one(kind: ContextKind, request: ContextRequest): Promise<unknown> {
    switch (kind) {
      case 'diagnostics':
        return this.#diagnostics(request.uri);
      case 'selection':
        return this.#selection();
      case 'visibleEditors':
        return vscode.window.visibleTextEditors
          .filter(({ document }) => document.uri.scheme === 'file')
          .map(({ document, visibleRanges: [range] }) => ({ uri: this.#uri(document.uri), ...(range && { range: this.#range(range) }) }));
      case 'debugState':
        return this.#debug.state(this.#client.code2ProtocolConverter);
      case 'definition':
        return this.#places('vscode.executeDefinitionProvider', request);
      case 'references':
        return this.#places('vscode.executeReferenceProvider', request);
      case 'hover':
        return this.#hover(request);
      case 'symbols':
        return this.#symbols(request);
      default:
        return kind satisfies never;
    }
  }

  async #diagnostics(uri: string | undefined): Promise<unknown> {
    const one = uri === undefined ? undefined : this.#place(uri);
    const all = one === undefined ? vscode.languages.getDiagnostics() : [[one, vscode.languages.getDiagnostics(one)] as const];
    const told = all.filter(([file, diagnostics]) => file.scheme === 'file' && diagnostics.length > 0).slice(0, MOST_FILES);
    return Promise.all(
      told.map(async ([file, diagnostics]) => ({
        uri: this.#uri(file),
        diagnostics: await this.#client.code2ProtocolConverter.asDiagnostics([...diagnostics]),
      })),
    );
  }

  #selection(): unknown {
    const editor = this.#active.editor;
    if (editor === undefined) {
      return undefined;
    }
    const { document, selection } = editor;
    return { uri: this.#uri(document.uri), range: this.#range(selection), text: document.getText(selection) };
  }

  async #places(command: string, request: ContextRequest): Promise<unknown> {
    const at = await this.#at(request);
    const found = at && (await vscode.commands.executeCommand<Found[] | undefined>(command, at.uri, at.position));
    return found?.map((each) =>
      'targetUri' in each
        ? { uri: this.#uri(each.targetUri), range: this.#range(each.targetSelectionRange ?? each.targetRange) }
        : { uri: this.#uri(each.uri), range: this.#range(each.range) },
    );
  }

  async #hover(request: ContextRequest): Promise<unknown> {
    const at = await this.#at(request);
    const hovers = at && (await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', at.uri, at.position));
    const texts = hovers?.flatMap(({ contents }) => contents.map(textOf));
    return texts === undefined || texts.length === 0 ? undefined : texts.join('\n\n');
  }

  /** Of the file, or where only a name is given, of the workspace. */
  async #symbols({ uri, symbol }: ContextRequest): Promise<unknown> {
    if (uri === undefined) {
      const found = await vscode.commands.executeCommand<vscode.SymbolInformation[]>('vscode.executeWorkspaceSymbolProvider', symbol ?? '');
      return found.map((each) => this.#symbol(each));
    }
    const found = await vscode.commands.executeCommand<(vscode.DocumentSymbol | vscode.SymbolInformation)[] | undefined>(
      'vscode.executeDocumentSymbolProvider',
      this.#place(uri),
    );
    return found?.map((each) => this.#symbol(each));
  }

  #symbol(symbol: vscode.DocumentSymbol | vscode.SymbolInformation): unknown {
    const kind = symbol.kind + 1; // VS Code counts from 0, LSP from 1
    if ('location' in symbol) {
      const { uri, range } = symbol.location;
      return { name: symbol.name, kind, location: { uri: this.#uri(uri), range: this.#range(range) } };
    }
    const { name, range, selectionRange, children } = symbol;
    return {
      ...{ name, kind, range: this.#range(range), selectionRange: this.#range(selectionRange) },
      children: children.map((child) => this.#symbol(child)),
    };
  }

  /** The place that is asked about: a position, the first of a name in the file, or the first of it on the line. */
  async #at({ uri, position, symbol }: ContextRequest): Promise<{ uri: vscode.Uri; position: vscode.Position } | undefined> {
    if (uri === undefined) {
      return undefined;
    }
    const place = this.#place(uri);
    const document = await vscode.workspace.openTextDocument(place);
    const given = position && this.#client.protocol2CodeConverter.asPosition(position);
    const found = symbol === undefined ? given : symbolPosition(document.getText(), symbol, given?.line);
    return found && { uri: place, position: new vscode.Position(found.line, found.character) };
  }

  #place(uri: string): vscode.Uri {
    return this.#client.protocol2CodeConverter.asUri(uri);
  }

  #uri(uri: vscode.Uri): string {
    return this.#client.code2ProtocolConverter.asUri(uri);
  }

  #range(range: vscode.Range): unknown {
    return this.#client.code2ProtocolConverter.asRange(range);
  }
}

/** A hover's part: Markdown, or in an older shape code with its language. */
function textOf(part: unknown): string {
  return isRecord(part) && typeof part['value'] === 'string' ? part['value'] : String(part);
}
