// Sessions: begin one, find an old one again, read what was said.

import * as vscode from 'vscode';

import type { ActiveFile } from './activeFile';
import type { Conversations } from './conversations';
import type { Session } from './protocol';
import type { Server } from './server';
import { ago, sessionSummary } from './wording';

/** How many sessions are offered at most, the last used first; the list is searched as one types. */
const MOST = 500;
const PAGE = 100;

interface SessionItem extends vscode.QuickPickItem {
  session: Session;
}

export class SessionCommands {
  readonly #server: Server;
  readonly #conversations: Conversations;
  readonly #active: ActiveFile;

  constructor(server: Server, conversations: Conversations, active: ActiveFile) {
    this.#server = server;
    this.#conversations = conversations;
    this.#active = active;
  }

  async newSession(): Promise<void> {
    const session = await this.#server.execute('sessionNew', { uri: this.#active.uri });
    const about = session.file ?? 'the workspace';
    void vscode.window.showInformationMessage(`What you ask next about ${about} begins a new session.`);
  }

  async resume(): Promise<void> {
    const items = (await this.#all()).map(sessionItem);
    if (items.length === 0) {
      void vscode.window.showInformationMessage('There is no session yet. Review a file, or ask about it.');
      return;
    }
    const options = { title: 'Resume a session', matchOnDescription: true, matchOnDetail: true };
    const picked = await vscode.window.showQuickPick(items, options);
    if (picked !== undefined) {
      const history = await this.#server.execute('sessionResume', { sessionId: picked.session.sessionId });
      await this.#reveal(history.session);
      await this.#conversations.open(history);
    }
  }

  /** Show the conversation about the file the user is in. */
  async showConversation(): Promise<void> {
    await this.#conversations.open(await this.#server.execute('sessionHistory', { uri: this.#active.uri }));
  }

  async showSession(sessionId: string): Promise<void> {
    await this.#conversations.open(await this.#server.execute('sessionHistory', { sessionId }));
  }

  async #all(): Promise<Session[]> {
    const sessions: Session[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#server.execute('sessionList', { limit: PAGE, ...(cursor !== undefined && { cursor }) });
      sessions.push(...page.sessions);
      cursor = page.nextCursor;
    } while (cursor !== undefined && sessions.length < MOST);
    return sessions;
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

function sessionItem(session: Session): SessionItem {
  const place = session.file ?? 'workspace';
  return {
    label: session.title,
    description: `${place} · ${ago(session.updatedAt, Date.now())}`,
    detail: sessionSummary(session),
    ...(session.current && { iconPath: new vscode.ThemeIcon('circle-filled') }),
    session,
  };
}
