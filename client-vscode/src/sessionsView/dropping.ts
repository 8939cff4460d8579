// A session that is dropped on an editor becomes the current one of the file in it.

import * as vscode from 'vscode';

import { sessionIn } from './view';

export function dropsOnEditors(bind: (sessionId: string, uri: string) => Promise<void>): vscode.Disposable {
  const provider: vscode.DocumentDropEditProvider = {
    provideDocumentDropEdits: async (document, _position, data) => {
      const sessionId = await sessionIn(data);
      if (sessionId === undefined) {
        return undefined;
      }
      await bind(sessionId, document.uri.toString());
      return new vscode.DocumentDropEdit('');
    },
  };
  return vscode.languages.registerDocumentDropEditProvider({ scheme: 'file' }, provider);
}
