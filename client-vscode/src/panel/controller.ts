// What the panel shows: the current session of the file that the user is in, or of the one it is pinned to.

import * as vscode from 'vscode';

import type { Activity, ServerState } from '../activity';
import type { ActiveFile } from '../activeFile';
import type { Asks } from '../asks';
import type { Conversation } from '../conversation';
import type { Conversations } from '../conversations';
import { CONTEXT, SECTION } from '../names';
import type { History, Session, SessionUpdate } from '../protocol';
import type { Server } from '../server';
import { budgets } from './budgets';
import { typed } from './prompt';
import { selectedLines } from './selection';
import type { PanelView } from './view';
import type { Surroundings } from './wire';

/** Where the panel is: a file or, for null, the workspace. */
type Place = string | null;

export class PanelController implements vscode.Disposable {
  readonly #server: Server;
  readonly #view: PanelView;
  readonly #active: ActiveFile;
  readonly #conversations: Conversations;
  readonly #asks: Asks;
  readonly #activity: Activity;
  readonly #subscriptions: vscode.Disposable[];
  #place: Place;
  #pinned = false;
  #shown: Conversation | undefined;
  /** Counts what was looked up, so that an answer that came late is not shown. */
  #looked = 0;
  #serverState: ServerState = 'starting';

  constructor(
    parts: { server: Server; view: PanelView; active: ActiveFile; conversations: Conversations; asks: Asks; activity: Activity },
  ) {
    this.#server = parts.server;
    this.#view = parts.view;
    this.#active = parts.active;
    this.#conversations = parts.conversations;
    this.#asks = parts.asks;
    this.#activity = parts.activity;
    this.#place = parts.active.uri;
    this.#subscriptions = [
      vscode.window.onDidChangeActiveTextEditor(() => {
        this.#follow();
      }),
      vscode.window.onDidChangeTextEditorSelection(() => {
        this.tellSurroundings();
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(SECTION)) {
          this.tellSurroundings();
        }
      }),
      this.#view.onSaid(({ type }) => {
        if (type === 'ready') {
          this.#tellAll();
        }
      }),
    ];
  }

  /** The file it is about; null for the workspace. */
  get place(): Place {
    return this.#place;
  }

  get conversation(): Conversation | undefined {
    return this.#shown;
  }

  /** The mode of a session whose mode nobody has chosen. */
  get usualMode(): string {
    return this.#settings().get<string>('permissionMode') ?? 'default';
  }

  apply(update: SessionUpdate): void {
    const conversation = this.#conversations.apply(update);
    if (update.update.kind === 'turn_started' && this.#isHere(update)) {
      this.#takeUp(conversation);
    }
    if (update.sessionId === this.#shown?.sessionId) {
      this.#view.say({ type: 'update', update });
      if (update.update.kind === 'turn_ended') {
        void this.#readSession(update.sessionId);
      }
    }
  }

  /** A session gets its title from its first turn, and its numbers from each. */
  async #readSession(sessionId: string): Promise<void> {
    try {
      const history = await this.#server.execute('sessionHistory', { sessionId });
      this.#conversations.load(history);
      this.tellSession(history.session);
    } catch (error) {
      this.#server.log.debug(`The session's title is not known: ${String(error)}`); // it is told when it is shown next
    }
  }

  /** A session's title, its mode or its numbers are others now. */
  tellSession(session: Session): void {
    const shown = this.#shown;
    if (session.sessionId === shown?.sessionId) {
      shown.session = session;
      this.#view.say({ type: 'session', session });
    }
  }

  /** A turn that begins about this very place belongs to what is now its current session. */
  #isHere({ sessionId, update }: SessionUpdate): boolean {
    const uri = update.kind === 'turn_started' ? update.turn.uri : undefined;
    const same = uri === undefined ? this.#place === null : vscode.Uri.parse(uri).toString() === this.#place;
    return same && sessionId !== this.#shown?.sessionId;
  }

  #takeUp(conversation: Conversation): void {
    const known = this.#conversations.whole(conversation.sessionId);
    if (known !== undefined || this.#shown === undefined) {
      this.#looked += 1; // what is being looked up is older than this
      this.#shown = conversation;
      this.#tellConversation();
    } else {
      void this.#lookUp(() => this.#server.execute('sessionHistory', { sessionId: conversation.sessionId }));
    }
  }

  serverIs(state: ServerState): void {
    const before = this.#serverState;
    this.#serverState = state;
    if (state === 'stopped') {
      this.#conversations.interrupt();
      this.#asks.clear();
      this.#view.say({ type: 'interrupted' });
    }
    this.tellSurroundings();
    if (state === 'running' && before !== 'running') {
      void this.reload();
    }
  }

  async pin(pinned: boolean): Promise<void> {
    this.#pinned = pinned;
    await vscode.commands.executeCommand('setContext', CONTEXT.pinned, pinned);
    this.tellSurroundings();
    this.#follow();
  }

  /** Show a session, whatever file it is about; it stays until the user goes to another file. */
  async show(history: History): Promise<void> {
    const { session } = history;
    this.#looked += 1;
    this.#place = placeOf(session);
    this.#shown = this.#conversations.load(history);
    this.#tellConversation();
    this.tellSurroundings();
    await this.#view.focus({ type: 'focus', place: 'composer' });
  }

  /** Show the panel, ready to be typed into; or to answer what waits for an answer. */
  async focus(place: 'composer' | 'ask' = this.#asks.open.length > 0 ? 'ask' : 'composer'): Promise<void> {
    await this.#view.focus({ type: 'focus', place });
  }

  /** Take along what is selected in the editor with the next prompt. */
  async attachSelection(): Promise<void> {
    const attachment = this.#active.editor && selectedLines(this.#active.editor);
    if (attachment !== undefined) {
      await this.#view.focus({ type: 'attach', attachment });
    }
  }

  /** Read the conversation of this place anew. */
  async reload(): Promise<void> {
    const uri = this.#place;
    await this.#lookUp(async () => {
      const { sessions } = await this.#server.execute('sessionList', { uri, limit: 200 });
      const current = sessions.find((session) => session.current);
      return current && this.#server.execute('sessionHistory', { sessionId: current.sessionId });
    });
  }

  async #lookUp(look: () => Promise<History | undefined>): Promise<void> {
    const mine = ++this.#looked;
    this.#view.say({ type: 'loading' });
    try {
      const history = await look();
      if (mine === this.#looked) {
        this.#shown = history && this.#conversations.load(history);
        this.#tellConversation();
      }
    } catch (error) {
      if (mine === this.#looked && this.#serverState === 'running') {
        this.#view.say({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  #follow(): void {
    const place = this.#active.uri;
    if (!this.#pinned && place !== this.#place) {
      this.#place = place;
      this.#shown = undefined;
      if (this.#serverState === 'running') {
        void this.reload();
      } else {
        this.#tellConversation();
      }
    }
    this.tellSurroundings();
  }

  #tellAll(): void {
    this.tellSurroundings();
    this.tellAsks();
    if (this.#shown !== undefined || this.#serverState !== 'running') {
      this.#tellConversation();
    } else {
      void this.reload();
    }
  }

  tellAsks(): void {
    this.#view.say({ type: 'asks', asks: this.#asks.open });
  }

  #tellConversation(): void {
    const prompts = (this.#shown?.turns ?? []).filter(({ kind }) => kind === 'ask').map(({ prompt }) => typed(prompt));
    this.#view.say({ type: 'conversation', snapshot: this.#shown?.snapshot, prompts });
  }

  tellSurroundings(): void {
    const surroundings = this.#surroundings();
    this.#view.description = surroundings.file ?? '';
    this.#view.say({ type: 'surroundings', surroundings });
  }

  #surroundings(): Surroundings {
    const place = this.#place === null ? undefined : vscode.Uri.parse(this.#place);
    const settings = this.#settings();
    const editor = this.#active.editor;
    return {
      server: this.#serverState,
      offline: settings.get<boolean>('offline') ?? false,
      file: place?.path.slice(place.path.lastIndexOf('/') + 1),
      nothingOpen: place === undefined && (vscode.workspace.workspaceFolders ?? []).length === 0,
      pinned: this.#pinned,
      selection: editor && selectedLines(editor),
      budgets: budgets(settings, this.#shown?.turns ?? [], this.#activity.spentTodayUsd),
      warnAtPercent: settings.get<number>('context.warnAtPercent') ?? 80,
      usualMode: this.usualMode,
    };
  }

  #settings(): vscode.WorkspaceConfiguration {
    return vscode.workspace.getConfiguration(SECTION, this.#place === null ? undefined : vscode.Uri.parse(this.#place));
  }

  dispose(): void {
    this.#subscriptions.forEach((subscription) => {
      subscription.dispose();
    });
  }
}

function placeOf({ workspace, file }: Session): Place {
  return file === undefined ? null : vscode.Uri.joinPath(vscode.Uri.parse(workspace), file).toString();
}
