// Tells the user why the server was not started, with what can be done about it.

import * as vscode from 'vscode';

import { SECTION } from '../names';
import { NoProgram } from './launcher';

const SETTING = `${SECTION}.server.path`;

export async function tellNotStarted(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  const remedies: Record<string, () => unknown> = {
    ...(error instanceof NoProgram && error.wantsPython && { 'Get Python': getPython }),
    'Choose the Server…': chooseServer,
    'Show Log': () => {
      log.show();
    },
  };
  const chosen = await vscode.window.showErrorMessage(explained(error), ...Object.keys(remedies));
  if (chosen !== undefined) {
    await remedies[chosen]?.();
  }
}

function explained(error: unknown): string {
  if (error instanceof NoProgram) {
    return error.message;
  }
  const path = vscode.workspace.getConfiguration(SECTION).get<string | null>('server.path') ?? 'claude-sidecar';
  return String(error).includes('ENOENT')
    ? `${path} was not found. Correct the setting ${SETTING}, or leave it empty to have a server installed.`
    : `The Claude Sidecar server could not be started: ${String(error)}`;
}

async function getPython(): Promise<void> {
  await vscode.env.openExternal(vscode.Uri.parse('https://www.python.org/downloads/'));
}

/** Show the setting of the machine that the server runs on, which in a remote window is not the user's own. */
async function chooseServer(): Promise<void> {
  const where = vscode.env.remoteName === undefined ? 'workbench.action.openSettings' : 'workbench.action.openRemoteSettings';
  await vscode.commands.executeCommand(where, { query: `@id:${SETTING}` });
}
