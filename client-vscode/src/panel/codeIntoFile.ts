// Brings code of a reply into the file that the user is in. Applying shows the change before it is made.

import * as vscode from 'vscode';

import type { ActiveFile } from '../activeFile';
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

/** Over what is selected, else over the definition of the same name, else at the cursor; after a preview. */
export async function applyToFile(active: ActiveFile, code: string): Promise<void> {
  const editor = active.editor;
  if (editor === undefined) {
    void vscode.window.showInformationMessage('Open the file that the code is to go into first.');
    return;
  }
  const { document, selection } = editor;
  const place = selection.isEmpty ? placeFor(code, document.getText()) : undefined;
  const edit = new vscode.WorkspaceEdit();
  const metadata = { needsConfirmation: true, label: 'Claude’s code', iconPath: new vscode.ThemeIcon('sparkle') };
  if (place === undefined) {
    edit.replace(document.uri, selection, code, metadata);
  } else {
    const range = new vscode.Range(new vscode.Position(place.startLine, 0), document.lineAt(place.endLine).range.end);
    edit.replace(document.uri, range, indentedAs(code, document.lineAt(place.startLine).text), metadata);
  }
  await vscode.workspace.applyEdit(edit);
}
