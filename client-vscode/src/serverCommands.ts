// About the server itself: what it has spent, how it is, logging in, starting anew.

import * as vscode from 'vscode';

import type { Pages } from './pages';
import { statusMarkdown, usageMarkdown } from './reports';
import type { Server } from './server';
import { inTerminal } from './terminals';

export class ServerCommands {
  readonly #server: Server;
  readonly #pages: Pages;

  constructor(server: Server, pages: Pages) {
    this.#server = server;
    this.#pages = pages;
  }

  async usage(): Promise<void> {
    const usage = await this.#server.execute('usage', {});
    await this.#pages.show('usage', 'Claude usage', () => usageMarkdown(usage));
  }

  async status(): Promise<void> {
    const status = await this.#server.execute('status', undefined);
    await this.#pages.show('status', 'Claude status', () => statusMarkdown(status));
  }

  /** The server's own check of every part, in a terminal. */
  doctor(): void {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const program = this.#server.program;
    if (program === undefined) {
      void vscode.window.showErrorMessage('There is no server to check yet. Run “Claude Sidecar: Restart Server” first.');
      return;
    }
    const args = program.args.filter((argument) => argument !== 'serve');
    inTerminal({ name: 'Claude Sidecar Doctor', command: [program.command, ...args, 'doctor'], ...(folder && { cwd: folder.uri }) });
  }

  /** Claude Code's own login, in a terminal. */
  async logIn(): Promise<void> {
    const status = await this.#server.execute('status', undefined).catch(() => undefined);
    const cli = status?.['cliPath'];
    inTerminal({ name: 'Log in to Claude', command: [typeof cli === 'string' ? cli : 'claude', '/login'] });
  }
}
