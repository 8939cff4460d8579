// Picks a session from all there are, the last used first; the list is searched as one types.

import * as vscode from 'vscode';

import type { Session } from './protocol';
import type { Server } from './server';
import { ago, sessionSummary } from './wording';

/** How many sessions are offered at most. */
const MOST = 500;
const PAGE = 100;

interface SessionItem extends vscode.QuickPickItem {
  session: Session;
}

export async function pickSession(server: Server, title: string): Promise<Session | undefined> {
  const items = (await allSessions(server)).map(sessionItem);
  if (items.length === 0) {
    void vscode.window.showInformationMessage('There is no session yet. Review a file, or ask about it.');
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true, matchOnDetail: true });
  return picked?.session;
}

/** Those in a workspace, and those that have some words; without either, all. */
export async function allSessions(server: Server, which: { query?: string; workspace?: string } = {}): Promise<Session[]> {
  const sessions: Session[] = [];
  let cursor: string | undefined;
  do {
    const argument = { limit: PAGE, ...which, ...(cursor !== undefined && { cursor }) };
    const page = await server.execute('sessionList', argument);
    sessions.push(...page.sessions);
    cursor = page.nextCursor;
  } while (cursor !== undefined && sessions.length < MOST);
  return sessions;
}

function sessionItem(session: Session): SessionItem {
  return {
    label: session.title,
    description: `${session.file ?? 'workspace'} · ${ago(session.updatedAt, Date.now())}`,
    detail: sessionSummary(session),
    ...(session.current && { iconPath: new vscode.ThemeIcon('circle-filled') }),
    session,
  };
}
