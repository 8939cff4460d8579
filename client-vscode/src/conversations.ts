// The conversations that this window has seen, kept up to date and shown when asked for.

import * as vscode from 'vscode';

import { Conversation } from './conversation';
import { conversationMarkdown } from './conversationMarkdown';
import type { Pages } from './pages';
import type { History, SessionUpdate } from './protocol';

export class Conversations {
  readonly #pages: Pages;
  readonly #bySession = new Map<string, Conversation>();

  constructor(pages: Pages) {
    this.#pages = pages;
  }

  apply(update: SessionUpdate): void {
    const conversation = this.#of(update.sessionId);
    conversation.apply(update);
    this.#pages.refresh(update.sessionId);
    // A review shows itself by its diagnostics; what was asked for in words is answered in words.
    if (update.update.kind === 'turn_started' && update.update.turn.kind !== 'review') {
      void this.#show(conversation);
    }
  }

  /** Show a session as its history tells it. */
  async open(history: History): Promise<void> {
    const conversation = this.#of(history.session.sessionId);
    conversation.load(history);
    await this.#show(conversation);
  }

  #of(sessionId: string): Conversation {
    const known = this.#bySession.get(sessionId) ?? new Conversation(sessionId);
    this.#bySession.set(sessionId, known);
    return known;
  }

  async #show(conversation: Conversation): Promise<void> {
    try {
      await this.#pages.show(conversation.sessionId, conversation.about, () => conversationMarkdown(conversation));
    } catch (error) {
      void vscode.window.showErrorMessage(`The conversation cannot be shown: ${String(error)}`);
    }
  }
}
