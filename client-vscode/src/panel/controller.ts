// What the panel shows: the current session of the file that the user is in, or of the one it is pinned to.

import * as vscode from 'vscode';

import type { Activity, ServerState } from '../activity';
import type { ActiveFile } from '../activeFile';
import type { Asks } from '../asks';
import type { Conversation } from '../conversation';
import type { Conversations } from '../conversations';
import { CONTEXT, SECTION } from '../names';
import type { History, Session, SessionUpdate } from '../protocol';
import type { Returning } from '../returning';
import type { Server } from '../server';
import { mayHavePlanned } from '../shownTurn';
import { Changes } from './changes';
import { currentHistory, currentSession } from './currentSession';
import { Onlooker } from './onlooker';
import { beginsAt, placeOf, type Place } from './place';
import { typed } from './prompt';
import { selectedLines } from './selection';
import { surroundings, usualMode } from './surroundings';
import type { PanelView } from './view';

export class PanelController implements vscode.Disposable {
  readonly #server: Server;
  readonly #view: PanelView;
  readonly #active: ActiveFile;
  readonly #conversations: Conversations;
  readonly #asks: Asks;
  readonly #activity: Activity;
  readonly #subscriptions: vscode.Disposable[];
  readonly changes = new Changes();
  readonly #onlooker = new Onlooker(
    () => this.#view.isVisible && this.#serverState === 'running' && this.#shown?.runsElsewhere === true,
    () => this.#readAnew(),
  );
  #place: Place;
  #pinned = false;
  #shown: Conversation | undefined;
  /** An older session is shown, and not the current one of its place: it stays. */
  #picked = false;
  /** Counts what was looked up, so that an answer that came late is not shown. */
  #looked = 0;
  #serverState: ServerState = 'starting';

  constructor(
    parts: { server: Server; view: PanelView; returning: Returning; active: ActiveFile; conversations: Conversations; asks: Asks; activity: Activity },
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
      parts.returning.onReturned(() => void this.#lookAgain()),
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

  /** The session that a prompt goes to which is sent now; undefined for the current one of its place, or a new one. */
  async addressee(): Promise<{ place: Place; sessionId: string | undefined }> {
    const place = this.#place;
    await this.changes.settled();
    return { place, sessionId: place === this.#place ? this.#shown?.sessionId : undefined };
  }

  /** The mode of a session whose mode nobody has chosen. */
  get usualMode(): string {
    return usualMode(this.#place);
  }

  apply(update: SessionUpdate): void {
    const conversation = this.#conversations.apply(update);
    if (update.sessionId !== this.#shown?.sessionId && beginsAt(this.#place, update)) {
      this.#takeUp(conversation, update.update.kind === 'turn_started' && !update.update.resumed);
    }
    if (update.sessionId === this.#shown?.sessionId) {
      this.#view.say({ type: 'update', update });
      // A session gets its title from its first turn, its numbers from each, and another mode when a plan is approved.
      if (update.update.kind === 'turn_ended' || mayHavePlanned(conversation.turn(update.turnId), update.update)) {
        void this.#readAnew();
      }
    }
  }

  /** Other windows may have gone on in what is shown, or made another session the current one here. */
  async #lookAgain(): Promise<void> {
    const place = this.#place;
    const shown = this.#shown;
    const mayChange = !this.#pinned && !this.#picked && shown?.isRunning !== true;
    const current = mayChange ? await currentSession(this.#server, place).catch(() => undefined) : undefined;
    const isAnother = current !== undefined && current.sessionId !== shown?.sessionId;
    await (isAnother && place === this.#place && shown === this.#shown ? this.reload() : this.#readAnew());
  }

  /** Read what is shown anew, and tell the page what is news in it: the session's state, turns of other windows. */
  async #readAnew(): Promise<void> {
    const shown = this.#shown;
    if (shown === undefined) {
      return;
    }
    try {
      const history = await this.#server.execute('sessionHistory', { sessionId: shown.sessionId });
      const before = shown.turns;
      this.#conversations.load(history);
      if (shown !== this.#shown) {
        return; // something else is shown by now
      }
      const turns = shown.newsSince(before);
      if (turns === undefined) {
        this.#tellConversation();
      } else {
        this.#view.say({ type: 'turns', turns });
        this.tellSession(history.session);
        this.#onlooker.watch();
      }
    } catch (error) {
      this.#server.log.debug(`The session could not be read anew: ${String(error)}`); // it is told when it is shown next
    }
  }

  /** A prompt was sent while Claude works here: it stands in the queue. */
  queued(): void {
    if (this.#shown?.isRunning === true) {
      this.#onlooker.soon();
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

  /** @param isNew nothing was said in it before, here or in another window. */
  #takeUp(conversation: Conversation, isNew: boolean): void {
    this.#picked = false;
    if (isNew || this.#conversations.whole(conversation.sessionId) !== undefined) {
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
    this.#picked = !session.current;
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
    this.#picked = false;
    await this.#lookUp(() => currentHistory(this.#server, this.#place));
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
    this.#onlooker.watch();
  }

  tellSurroundings(): void {
    const told = surroundings({
      ...{ place: this.#place, server: this.#serverState, pinned: this.#pinned, editor: this.#active.editor },
      ...{ turns: this.#shown?.turns ?? [], spentTodayUsd: this.#activity.spentTodayUsd },
    });
    this.#view.description = told.file ?? '';
    this.#view.say({ type: 'surroundings', surroundings: told });
  }

  dispose(): void {
    this.#onlooker.dispose();
    this.#subscriptions.forEach((subscription) => {
      subscription.dispose();
    });
  }
}
