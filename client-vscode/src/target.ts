// What a command is about, where its caller does not say: the editor one is in, a part of it, its folder.

import * as vscode from 'vscode';
import type { Range } from 'vscode-languageclient/node';

import type { ActiveFile } from './activeFile';

/** The editor to work on; the user is told when there is none. */
export function neededEditor(active: ActiveFile): vscode.TextEditor | undefined {
  const { editor } = active;
  if (editor === undefined) {
    void vscode.window.showInformationMessage('Open a file first: Claude Sidecar works on files on the disk.');
  }
  return editor;
}

/** The workspace folder that is meant: that of the active file, the only one, or the one that is picked. */
export async function neededFolder({ editor }: ActiveFile): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const own = editor && vscode.workspace.getWorkspaceFolder(editor.document.uri);
  const folder = own ?? (folders.length > 1 ? await vscode.window.showWorkspaceFolderPick() : folders[0]);
  if (folders.length === 0) {
    void vscode.window.showInformationMessage('Open a folder first: changes are those of a workspace.');
  }
  return folder?.uri;
}

/** What is selected; no field where that is nothing. */
export function rangeOf({ selection }: vscode.TextEditor): { range?: Range } {
  if (selection.isEmpty) {
    return {};
  }
  const { start, end } = selection;
  const range = { start: { line: start.line, character: start.character }, end: { line: end.line, character: end.character } };
  return { range };
}

export function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
