// Runs a program in a terminal of the editor, where the user goes on with it.

import * as vscode from 'vscode';

export interface TerminalProgram {
  name: string;
  /** The program and its arguments, which no shell looks at. */
  command: readonly [program: string, ...args: string[]];
  cwd?: vscode.Uri;
  env?: Record<string, string>;
}

export function inTerminal({ name, command: [shellPath, ...shellArgs], cwd, env }: TerminalProgram): vscode.Terminal {
  const terminal = vscode.window.createTerminal({
    ...{ name, shellPath, shellArgs, iconPath: new vscode.ThemeIcon('sparkle') },
    ...(cwd && { cwd }),
    ...(env && { env }),
  });
  terminal.show();
  return terminal;
}
