// Sessions: begin one, find an old one again, branch, rename, delete, export, go on in a terminal.

import * as vscode from 'vscode';

import type { ActiveFile } from './activeFile';
import { pickMode } from './consentCommands';
import type { Commands } from './commandShapes';
import type { Conversations } from './conversations';
import type { PanelController } from './panel/controller';
import type { Session } from './protocol';
import type { Server } from './server';
import { pickSession } from './sessionPick';
import { inTerminal } from './terminals';
import { dollars, rewindWords } from './wording';

export class SessionCommands {
  readonly #server: Server;
  readonly #panel: PanelController;
  readonly #active: ActiveFile;
  readonly #conversations: Conversations;

  constructor(parts: { server: Server; panel: PanelController; active: ActiveFile; conversations: Conversations }) {
    this.#server = parts.server;
    this.#panel = parts.panel;
    this.#active = parts.active;
    this.#conversations = parts.conversations;
  }

  async newSession(uri?: vscode.Uri): Promise<void> {
    const place = uri?.toString() ?? this.#panel.place ?? this.#active.uri;
    await this.#showNext(() => this.#server.execute('sessionNew', { uri: place }));
  }

  async resume(named?: Session): Promise<void> {
    const session = named ?? (await pickSession(this.#server, 'Resume a session'));
    if (session !== undefined) {
      await this.#resume({ sessionId: session.sessionId });
    }
  }

  /** Make a session the current one of another file, and show both. */
  async bind(sessionId: string, uri: string): Promise<void> {
    await this.#resume({ sessionId, uri });
  }

  #resume(argument: Commands['sessionResume']['argument']): Promise<void> {
    return this.#panel.changes.make(async () => {
      const history = await this.#server.execute('sessionResume', argument);
      await this.#reveal(history.session);
      await this.#panel.show(history);
    });
  }

  #showNext(make: () => Promise<Session>): Promise<void> {
    return this.#panel.changes.make(async () => this.showSession((await make()).sessionId));
  }

  /** Show the conversation about the file the user is in. */
  async showConversation(): Promise<void> {
    await this.#panel.focus();
  }

  async showSession(sessionId: string): Promise<void> {
    await this.#panel.show(await this.#server.execute('sessionHistory', { sessionId }));
  }

  async fork(named?: Session): Promise<void> {
    const session = await this.#meant(named, 'Fork which session?');
    if (session !== undefined) {
      await this.#showNext(() => this.#server.execute('sessionFork', { sessionId: session.sessionId }));
    }
  }

  async rename(named?: Session, words?: string): Promise<void> {
    const session = await this.#meant(named, 'Rename which session?');
    const title = session && (words ?? (await askForTitle(session.title)));
    if (session !== undefined && title !== undefined && title.trim() !== '') {
      this.#panel.tellSession(await this.#server.execute('sessionRename', { sessionId: session.sessionId, title: title.trim() }));
    }
  }

  async delete(named?: Session): Promise<void> {
    const session = named ?? (await pickSession(this.#server, 'Delete which session?'));
    if (session === undefined) {
      return;
    }
    const detail = `Its ${session.turns} turns, its findings and its cost of ${dollars(session.costUsd)} are deleted from the store for good.`;
    const button = 'Delete';
    const answer = await vscode.window.showWarningMessage(`Delete “${session.title}”?`, { modal: true, detail }, button);
    if (answer === button) {
      await this.#server.execute('sessionDelete', { sessionId: session.sessionId });
      this.#conversations.forget(session.sessionId);
      await this.#panel.reload();
    }
  }

  async export(named?: Session): Promise<void> {
    const session = await this.#meant(named, 'Export which session?');
    const formats = [
      { label: 'Markdown', detail: 'to read', format: 'markdown' as const },
      { label: 'JSON', detail: 'with all that is known of it', format: 'json' as const },
    ];
    const picked = session && (await vscode.window.showQuickPick(formats, { title: 'Export as' }));
    if (session !== undefined && picked !== undefined) {
      const { uri } = await this.#server.execute('sessionExport', { sessionId: session.sessionId, format: picked.format });
      await vscode.window.showTextDocument(vscode.Uri.parse(uri), { preview: false });
    }
  }

  /** The same conversation in Claude Code's own interface. */
  async continueInTerminal(named?: Session): Promise<void> {
    const session = await this.#meant(named, 'Continue which session?');
    if (session !== undefined) {
      const { argv, cwd, env } = await this.#server.execute('sessionHandover', { sessionId: session.sessionId });
      inTerminal({ name: 'Claude', cwd: vscode.Uri.parse(cwd), command: argv, env });
    }
  }

  /** Put files back as they were before a turn. */
  async rewind(named?: Session): Promise<void> {
    const session = await this.#meant(named, 'Rewind which session?');
    const turns = session && (await this.#server.execute('sessionHistory', { sessionId: session.sessionId })).turns;
    const items = (turns ?? []).toReversed().map((turn) => ({
      label: turn.prompt.split('\n', 1)[0] ?? '',
      description: turn.kind,
      turnId: turn.turnId,
    }));
    const options = { title: 'Rewind to before which turn?', placeHolder: 'Files are put back as they were before it' };
    const picked = session && (await vscode.window.showQuickPick(items, options));
    if (picked !== undefined) {
      const { restored, unrestored = [] } = await this.#server.execute('sessionRewind', { turnId: picked.turnId });
      const nameOf = (uri: string): string => vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
      const left = unrestored.map(({ uri, reason }) => ({ name: nameOf(uri), reason }));
      const message = rewindWords(restored.map(nameOf), left);
      void (left.length === 0 ? vscode.window.showInformationMessage(message) : vscode.window.showWarningMessage(message));
    }
  }

  /** What Claude may do in a session without asking; where the file has none yet, in one that this begins. */
  async chooseMode(named?: Session): Promise<void> {
    const shown = this.#panel.conversation?.sessionId;
    const session = named ?? (shown === undefined ? undefined : (await this.#server.execute('sessionHistory', { sessionId: shown })).session);
    const mode = await pickMode(session === undefined ? 'a new session' : `“${session.title}”`, session?.mode ?? this.#panel.usualMode);
    if (mode !== undefined) {
      const inMode = (sessionId: string): Promise<Session> => this.#server.execute('sessionSetMode', { sessionId, mode });
      if (session === undefined) {
        const { place } = this.#panel;
        await this.#showNext(async () => inMode((await this.#server.execute('sessionNew', { uri: place })).sessionId));
      } else {
        this.#panel.tellSession(await inMode(session.sessionId));
      }
    }
  }

  /** The one that is named, else the one that the panel shows, else one that the user picks. */
  async #meant(named: Session | undefined, title: string): Promise<Session | undefined> {
    const shown = this.#panel.conversation?.sessionId;
    if (named !== undefined || shown === undefined) {
      return named ?? pickSession(this.#server, title);
    }
    return (await this.#server.execute('sessionHistory', { sessionId: shown })).session;
  }

  /** Open the file that a session is about, where it still exists. */
  async #reveal({ workspace, file }: Session): Promise<void> {
    if (file === undefined) {
      return;
    }
    const uri = vscode.Uri.joinPath(vscode.Uri.parse(workspace), file);
    try {
      await vscode.window.showTextDocument(uri, { preview: true });
    } catch {
      void vscode.window.showWarningMessage(`${file} is no longer there; its conversation is.`);
    }
  }
}

function askForTitle(value: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({ title: 'Rename the session', value, ignoreFocusOut: true });
}
