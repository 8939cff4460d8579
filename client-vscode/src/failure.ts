// Asks what went wrong: a message from the clipboard, typed in, or what other tools report.

import * as vscode from 'vscode';

export interface Failure {
  error?: string;
  diagnostics?: vscode.Diagnostic[];
}

interface Choice extends vscode.QuickPickItem {
  give: () => Thenable<Failure | undefined> | Failure;
}

/** Undefined when the user thinks better of it. */
export async function chooseFailure(editor: vscode.TextEditor | undefined): Promise<Failure | undefined> {
  const choices: Choice[] = [];
  const clipboard = (await vscode.env.clipboard.readText()).trim();
  if (clipboard !== '') {
    choices.push({
      label: '$(clippy) What is in the clipboard',
      detail: clipboard.slice(clipboard.lastIndexOf('\n') + 1).slice(0, 120),
      give: () => ({ error: clipboard }),
    });
  }
  const reported = editor === undefined ? [] : vscode.languages.getDiagnostics(editor.document.uri);
  const diagnostics = reported.filter(({ source }) => source !== 'claude');
  if (diagnostics.length > 0) {
    choices.push({
      label: '$(warning) What other tools say of this file',
      detail: diagnostics.map(({ message }) => message).join(' · ').slice(0, 120),
      give: () => ({ diagnostics }),
    });
  }
  choices.push({ label: '$(edit) A message that I type…', give: typed });
  const title = 'Debug: what went wrong?';
  const choice = choices.length === 1 ? choices[0] : await vscode.window.showQuickPick(choices, { title });
  return choice?.give();
}

async function typed(): Promise<Failure | undefined> {
  const prompt = 'An error message, or what happens and what should';
  const error = await vscode.window.showInputBox({ title: 'Debug', prompt, ignoreFocusOut: true });
  return error === undefined || error.trim() === '' ? undefined : { error };
}
