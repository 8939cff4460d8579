// The file the user works in: that of the editor with the cursor, or, while a page of ours has the
// focus, that of the editor they came from.

import * as vscode from 'vscode';

export class ActiveFile implements vscode.Disposable {
  #last = fileEditor(vscode.window.activeTextEditor);
  readonly #subscription = vscode.window.onDidChangeActiveTextEditor((editor) => {
    this.#last = fileEditor(editor) ?? this.#last;
  });

  /** Its editor, if it is to be seen. */
  get editor(): vscode.TextEditor | undefined {
    const last = this.#last?.document.uri.toString();
    return (
      fileEditor(vscode.window.activeTextEditor) ??
      vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === last)
    );
  }

  /** Its URI as the server takes it; null where there is none, which means the workspace. */
  get uri(): string | null {
    return this.editor?.document.uri.toString() ?? null;
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

function fileEditor(editor: vscode.TextEditor | undefined): vscode.TextEditor | undefined {
  return editor?.document.uri.scheme === 'file' ? editor : undefined;
}
