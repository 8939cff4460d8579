// Brings code of a reply into the file that the user is in. Applying shows the
// change before it is made.

import * as vscode from 'vscode';

import type { ActiveFile } from '../activeFile';
import type { Pages } from '../pages';
import { indentedAs, placeFor } from './placing';

export async function insertAtCursor(active: ActiveFile, text: string): Promise<void> {
  const editor = active.editor;
  if (editor === undefined) {
    void vscode.window.showInformationMessage('Open the file that the code is to go into first.');
    return;
  }
  await editor.edit((edit) => {
    edit.replace(editor.selection, text);
  });
  await vscode.window.showTextDocument(editor.document, editor.viewColumn);
}

/** Over what is selected, else over the definition of the same name, else at the cursor; after a look at the diff. */
export async function applyToFile(active: ActiveFile, pages: Pages, code: string): Promise<void> {
  const editor = active.editor;
  if (editor === undefined) {
    void vscode.window.showInformationMessage('Open the file that the code is to go into first.');
    return;
  }
  const { document } = editor;
  const { version } = document;
  const { range, text } = placed(editor, code);
  const oldText = document.getText();
  const newText = oldText.slice(0, document.offsetAt(range.start)) + text + oldText.slice(document.offsetAt(range.end));
  const name = vscode.workspace.asRelativePath(document.uri);
  const close = await pages.showDiff(`${name}: with Claude’s code`, 'code', { uri: document.uri.toString(), oldText, newText });
  const apply = 'Apply';
  const picked = await vscode.window.showInformationMessage(`Apply this change to ${name}?`, apply, 'Leave it');
  await close();
  if (picked === apply) {
    await applyIfUnchanged(document, version, range, text);
  }
}

function placed({ document, selection }: vscode.TextEditor, code: string): { range: vscode.Range; text: string } {
  const place = selection.isEmpty ? placeFor(code, document.getText()) : undefined;
  if (place === undefined) {
    return { range: selection, text: code };
  }
  const range = new vscode.Range(new vscode.Position(place.startLine, 0), document.lineAt(place.endLine).range.end);
  return { range, text: indentedAs(code, document.lineAt(place.startLine).text) };
}

/** Where the text has changed since, the place may be another: then nothing is done, and that is told. */
async function applyIfUnchanged(document: vscode.TextDocument, version: number, range: vscode.Range, text: string): Promise<void> {
  if (document.version !== version) {
    void vscode.window.showWarningMessage('The file was changed in the meantime, so the code was not applied. Try it again.');
    return;
  }
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, range, text);
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(range.start, range.start) });
}
