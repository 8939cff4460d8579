// Opens what a conversation points at. A reply may name any path and any address: files are opened only
// inside the workspace, and web pages after the editor has asked.

import * as vscode from 'vscode';

import { linkedPlace } from './linkedPlace';

/** A file, at a place whose numbers count from 0. */
export async function openLocation(uri: vscode.Uri, line?: number, column = 0): Promise<void> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const isOpen = vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
  if (uri.scheme !== 'file' || (folder === undefined && !isOpen)) {
    void vscode.window.showWarningMessage(`${uri.fsPath} is outside this workspace, so it is not opened from a reply.`);
    return;
  }
  const at = line === undefined ? undefined : new vscode.Range(line, column, line, column);
  try {
    await vscode.window.showTextDocument(uri, { preview: true, ...(at && { selection: at }) });
  } catch {
    void vscode.window.showWarningMessage(`${vscode.workspace.asRelativePath(uri)} is not there any more.`);
  }
}

export async function openRange(uri: vscode.Uri, range: vscode.Range): Promise<void> {
  await vscode.window.showTextDocument(uri, { preview: true, selection: range });
}

/** A link of a reply: a web page, or a path such as `src/app.py#L12` or `src/app.py:12`. */
export async function openLink(href: string, base: vscode.Uri | undefined): Promise<void> {
  if (/^(?:https?|mailto):/i.test(href)) {
    await vscode.env.openExternal(vscode.Uri.parse(href, true));
    return;
  }
  const place = linkedPlace(href);
  if (place === undefined) {
    return;
  }
  const { path, line, column } = place;
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  const candidates = place.isAbsolute
    ? [vscode.Uri.file(path)]
    : [...(base ? [vscode.Uri.joinPath(base, '..')] : []), ...folders].map((folder) => vscode.Uri.joinPath(folder, path));
  for (const uri of candidates) {
    if (await exists(uri)) {
      await openLocation(uri, line, column);
      return;
    }
  }
  void vscode.window.showWarningMessage(`${path} is not in this workspace.`);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
