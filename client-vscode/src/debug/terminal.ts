// Failures in terminals: a link on each, and what is selected there.

import * as vscode from 'vscode';

import { UserCommand } from '../names';
import { aroundFailure, failureIn, type FailureSpan } from './tracebacks';

class FailureLink extends vscode.TerminalLink {
  readonly line: string;

  constructor({ startIndex, length }: FailureSpan, line: string) {
    super(startIndex, length, 'Debug with Claude');
    this.line = line;
  }
}

/** Links that read “Debug with Claude” where a terminal shows a failure. */
export function failureLinks(): vscode.Disposable {
  return vscode.window.registerTerminalLinkProvider({
    provideTerminalLinks: ({ line }) => {
      const span = failureIn(line);
      return span === undefined ? [] : [new FailureLink(span, line)];
    },
    handleTerminalLink: async ({ line }: FailureLink) => {
      const text = await textOfTerminal();
      await vscode.commands.executeCommand(UserCommand.debugError, { words: aroundFailure(text, line) });
    },
  });
}

/** What is selected in the active terminal; undefined where nothing is. */
export async function terminalSelection(): Promise<string | undefined> {
  return copied('workbench.action.terminal.copySelection');
}

/** All that the active terminal holds: there is no interface for it, so it goes by selecting and copying. */
async function textOfTerminal(): Promise<string> {
  await vscode.commands.executeCommand('workbench.action.terminal.selectAll');
  const text = await copied('workbench.action.terminal.copySelection');
  await vscode.commands.executeCommand('workbench.action.terminal.clearSelection');
  return text ?? '';
}

/** What a command copies; the clipboard is as it was afterwards. */
async function copied(command: string): Promise<string | undefined> {
  const before = await vscode.env.clipboard.readText();
  await vscode.env.clipboard.writeText('');
  try {
    await vscode.commands.executeCommand(command);
    const text = (await vscode.env.clipboard.readText()).trim();
    return text === '' ? undefined : text;
  } finally {
    await vscode.env.clipboard.writeText(before);
  }
}
