// The view that lists sessions. A session that is dropped on a file, or on which a file is dropped, becomes that
// file's current one.

import * as vscode from 'vscode';

import { CONTEXT, UserCommand, VIEW } from '../names';
import type { Commands } from '../commandShapes';
import type { Session, SessionUpdate } from '../protocol';
import type { Returning } from '../returning';
import type { Server } from '../server';
import { allSessions } from '../sessionPick';
import { isRecord, isString } from '../shape';
import { ago, sessionSummary } from '../wording';
import { sessionTree, type Node } from './sessionTree';

/** What is dragged out of this view: the id of a session. */
export const DRAGGED_SESSION = `application/vnd.code.tree.${VIEW.sessions.toLowerCase()}`;
const DRAGGED_FILES = 'text/uri-list';
/** Turns end in bursts where several run. */
const PAUSE_MS = 200;
/** What changes the list without a turn. */
const CHANGES: ReadonlySet<keyof Commands> = new Set<keyof Commands>([
  ...(['sessionNew', 'sessionResume', 'sessionFork', 'sessionRename', 'sessionDelete', 'sessionSetMode'] as const),
]);

export class SessionsView implements vscode.TreeDataProvider<Node>, vscode.TreeDragAndDropController<Node>, vscode.Disposable {
  readonly dragMimeTypes = [DRAGGED_SESSION];
  readonly dropMimeTypes = [DRAGGED_SESSION, DRAGGED_FILES];
  readonly #server: Server;
  readonly #bind: (sessionId: string, uri: string) => Promise<void>;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<Node>;
  readonly #subscriptions: { dispose: () => unknown }[];
  readonly onDidChangeTreeData = this.#changed.event;
  #words: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param bind makes a session a file's current one. */
  constructor(server: Server, returning: Returning, bind: (sessionId: string, uri: string) => Promise<void>) {
    this.#server = server;
    this.#bind = bind;
    const options = { treeDataProvider: this, dragAndDropController: this, showCollapseAll: true };
    this.#view = vscode.window.createTreeView<Node>(VIEW.sessions, options);
    this.#subscriptions = [
      this.#view,
      this.#changed,
      server.onStateChanged(() => {
        this.refresh();
      }),
      server.onExecuted((command) => {
        if (CHANGES.has(command)) {
          this.refresh();
        }
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.refresh();
      }),
      returning.onReturned(() => {
        this.refresh();
      }),
    ];
  }

  apply({ update }: SessionUpdate): void {
    if (update.kind === 'turn_started' || update.kind === 'turn_ended') {
      this.refresh();
    }
  }

  /** What is listed may be another now. */
  refresh(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changed.fire(undefined);
    }, PAUSE_MS);
  }

  /** Ask for words that titles, prompts or replies contain, and list only what has them. */
  async search(): Promise<void> {
    const options = { title: 'Search sessions', placeHolder: 'Words of a title, a prompt or a reply', value: this.#words ?? '' };
    const words = await vscode.window.showInputBox(options);
    if (words !== undefined) {
      await this.#only(words.trim() === '' ? undefined : words.trim());
    }
  }

  clearSearch(): Promise<void> {
    return this.#only(undefined);
  }

  async #only(words: string | undefined): Promise<void> {
    this.#words = words;
    this.#view.message = words === undefined ? '' : `Sessions with “${words}”`;
    await vscode.commands.executeCommand('setContext', CONTEXT.searchingSessions, words !== undefined);
    this.refresh();
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node !== undefined) {
      return node.kind === 'session' ? [] : node.children;
    }
    try {
      const folders = vscode.workspace.workspaceFolders ?? [];
      const words = this.#words === undefined ? {} : { query: this.#words };
      const lists = folders.map(({ uri }) => allSessions(this.#server, { workspace: uri.toString(), ...words }));
      return sessionTree((await Promise.all(lists)).flat());
    } catch (error) {
      this.#server.log.debug(`The sessions are not known: ${String(error)}`);
      return [];
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return node.kind === 'session' ? sessionItem(node.session) : placeItem(node);
  }

  handleDrag(nodes: readonly Node[], data: vscode.DataTransfer): void {
    const [session] = nodes.filter((node) => node.kind === 'session');
    if (session !== undefined) {
      data.set(DRAGGED_SESSION, new vscode.DataTransferItem(session.session.sessionId));
    }
  }

  async handleDrop(target: Node | undefined, data: vscode.DataTransfer): Promise<void> {
    const sessionId = await sessionIn(data);
    const place = target && fileOf(target);
    if (sessionId !== undefined && place !== undefined) {
      await this.#bind(sessionId, place);
      return;
    }
    const [file] = (await data.get(DRAGGED_FILES)?.asString())?.split(/\r?\n/) ?? [];
    if (file?.startsWith('file:') === true && target?.kind === 'session') {
      await this.#bind(target.session.sessionId, file);
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.forEach((each) => void each.dispose());
  }
}

/** The session that is dragged; a drop that came from another window has only text. */
export async function sessionIn(data: vscode.DataTransfer): Promise<string | undefined> {
  const dragged: unknown = data.get(DRAGGED_SESSION)?.value;
  if (isString(dragged)) {
    return dragged === '' ? undefined : dragged;
  }
  return isRecord(dragged) ? undefined : data.get(DRAGGED_SESSION)?.asString();
}

function fileOf(node: Node): string | undefined {
  const { workspace, file } = node.kind === 'session' ? node.session : node;
  return file === undefined ? undefined : vscode.Uri.joinPath(vscode.Uri.parse(workspace), file).toString();
}

function placeItem(node: Exclude<Node, { kind: 'session' }>): vscode.TreeItem {
  const workspace = vscode.Uri.parse(node.workspace);
  const uri = node.file === undefined ? workspace : vscode.Uri.joinPath(workspace, node.file);
  const item = new vscode.TreeItem(uri, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `${node.kind}:${uri.toString()}`;
  item.contextValue = node.kind;
  if (node.file === undefined) {
    item.iconPath = new vscode.ThemeIcon(node.kind === 'workspace' ? 'root-folder' : 'folder');
    item.label = node.kind === 'workspace' ? workspace.path.slice(workspace.path.lastIndexOf('/') + 1) : 'The workspace';
  } else {
    const folder = node.file.slice(0, Math.max(0, node.file.lastIndexOf('/')));
    item.iconPath = vscode.ThemeIcon.File;
    item.description = folder;
  }
  return item;
}

function sessionItem(session: Session): vscode.TreeItem {
  const item = new vscode.TreeItem(session.title);
  item.id = session.sessionId;
  item.description = ago(session.updatedAt, Date.now());
  item.tooltip = `${session.title}\n${sessionSummary(session)}`;
  item.iconPath = icon(session);
  item.contextValue = ['session', ...(session.current ? ['current'] : []), session.state].join('.');
  item.command = { command: UserCommand.showConversation, title: 'Show Conversation', arguments: [{ sessionId: session.sessionId }] };
  const current = session.current ? ', current' : '';
  item.accessibilityInformation = { label: `${session.title}${current}, ${sessionSummary(session)}, ${item.description}` };
  return item;
}

function icon(session: Session): vscode.ThemeIcon {
  switch (session.state) {
    case 'running':
      return new vscode.ThemeIcon('sync~spin');
    case 'requires_action':
      return new vscode.ThemeIcon('bell-dot', new vscode.ThemeColor('list.warningForeground'));
    case 'interrupted':
      return new vscode.ThemeIcon('debug-disconnect', new vscode.ThemeColor('list.warningForeground'));
    case 'idle':
      return session.current
        ? new vscode.ThemeIcon('circle-filled', new vscode.ThemeColor('charts.green'))
        : new vscode.ThemeIcon('comment-discussion');
    default:
      return session.state satisfies never;
  }
}
