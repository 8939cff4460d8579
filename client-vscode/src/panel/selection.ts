// What is selected in an editor, as it goes along with a prompt.

import * as vscode from 'vscode';

import { composed, attachmentName } from './prompt';
import type { Attachment } from './wire';

/** Undefined where nothing is selected. A line of which nothing is selected does not count. */
export function selectedLines({ document, selection }: vscode.TextEditor): Attachment | undefined {
  if (selection.isEmpty) {
    return undefined;
  }
  const { start, end } = selection;
  const endLine = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  const name = vscode.workspace.asRelativePath(document.uri, false);
  return { uri: document.uri.toString(), name, startLine: start.line, endLine };
}

/** The prompt with the text of what is attached, as the editor has it now. */
export async function withAttachments(text: string, attachments: readonly Attachment[]): Promise<string> {
  const parts = await Promise.all(
    attachments.map(async (attachment) => {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(attachment.uri));
      const last = document.lineAt(Math.min(attachment.endLine, document.lineCount - 1));
      const lines = new vscode.Range(new vscode.Position(attachment.startLine, 0), last.range.end);
      return { name: attachmentName(attachment), text: document.getText(lines), language: document.languageId };
    }),
  );
  return composed(text, parts);
}
