// Files to mention: those that are open first, then what the workspace has.

import * as vscode from 'vscode';

import type { Suggestion } from './wire';

const MOST = 12;
const LOOKED_AT = 400;

export async function fileSuggestions(query: string): Promise<Suggestion[]> {
  const open = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .map(({ input }) => (input instanceof vscode.TabInputText ? input.uri : undefined))
    .filter((uri) => uri?.scheme === 'file');
  const pattern = `**/*${Array.from(query, (sign) => sign.replace(/[[\]{}()*?!\\]/g, '?')).join('*')}*`;
  const found = await vscode.workspace.findFiles(pattern, undefined, LOOKED_AT);
  const matching = open.filter((uri) => uri !== undefined).filter((uri) => isSpelled(query, vscode.workspace.asRelativePath(uri, false)));
  const all = new Map([...matching, ...found].map((uri) => [uri.toString(), uri]));
  return [...all.values()].slice(0, MOST).map((uri) => {
    const path = vscode.workspace.asRelativePath(uri, (vscode.workspace.workspaceFolders ?? []).length > 1);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const folder = path.slice(0, -name.length - 1);
    return { insert: `@${path}`, label: name, detail: folder, icon: 'file' };
  });
}

/** Whether all of its characters are in the text, in that order. */
function isSpelled(query: string, text: string): boolean {
  let from = 0;
  const folded = text.toLowerCase();
  return Array.from(query.toLowerCase()).every((sign) => {
    from = folded.indexOf(sign, from) + 1;
    return from > 0;
  });
}
