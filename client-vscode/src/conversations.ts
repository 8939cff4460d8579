// The conversations that this window has seen, kept up to date.

import { Conversation } from './conversation';
import type { History, SessionUpdate } from './protocol';

export class Conversations {
  readonly #bySession = new Map<string, Conversation>();
  /** Those of which the whole is known, not only what this window saw. */
  readonly #loaded = new Set<string>();

  apply(update: SessionUpdate): Conversation {
    const conversation = this.#of(update.sessionId);
    conversation.apply(update);
    return conversation;
  }

  load(history: History): Conversation {
    const conversation = this.#of(history.session.sessionId);
    conversation.load(history);
    this.#loaded.add(history.session.sessionId);
    return conversation;
  }

  /** A conversation that is known as a whole. */
  whole(sessionId: string): Conversation | undefined {
    return this.#loaded.has(sessionId) ? this.#bySession.get(sessionId) : undefined;
  }

  forget(sessionId: string): void {
    this.#bySession.delete(sessionId);
    this.#loaded.delete(sessionId);
  }

  /** The server is gone: what ran has stopped, and what others do is not heard of. */
  interrupt(): void {
    for (const conversation of this.#bySession.values()) {
      conversation.interrupt();
    }
    this.#loaded.clear();
  }

  #of(sessionId: string): Conversation {
    const known = this.#bySession.get(sessionId) ?? Conversation.empty(sessionId);
    this.#bySession.set(sessionId, known);
    return known;
  }
}
