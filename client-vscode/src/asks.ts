// What Claude waits for an answer to: permissions and questions, until one is given or the turn is over.
// No answer is a refusal.

import type { PermissionAnswer, PermissionRequest, QuestionAnswer, QuestionRequest } from './protocol';

/** One that is open; its id is this window's own. */
export type Ask =
  | { readonly id: number; readonly type: 'permission'; readonly request: PermissionRequest }
  | { readonly id: number; readonly type: 'question'; readonly request: QuestionRequest };

/** The part of an editor's cancellation token that is needed here. */
export interface Withdrawal {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): unknown;
}

type Answer = PermissionAnswer | QuestionAnswer;

const NO_ANSWER = { outcome: 'cancelled' } as const;

export class Asks {
  readonly #changed: () => void;
  readonly #open = new Map<number, { ask: Ask; settle: (answer: Answer) => void }>();
  #last = 0;

  /** @param changed is called whenever one comes or goes. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Those that are open, in the order in which they came. */
  get open(): readonly Ask[] {
    return [...this.#open.values()].map(({ ask }) => ask);
  }

  permission(request: PermissionRequest, withdrawal: Withdrawal): Promise<PermissionAnswer> {
    return this.#put<PermissionAnswer>((id) => ({ id, type: 'permission', request }), withdrawal);
  }

  question(request: QuestionRequest, withdrawal: Withdrawal): Promise<QuestionAnswer> {
    return this.#put<QuestionAnswer>((id) => ({ id, type: 'question', request }), withdrawal);
  }

  /**
   * Answer one; an option that was not offered is no answer.
   *
   * @param words for Claude; they go with a refusal alone.
   */
  choose(id: number, optionId: string, words = ''): void {
    const open = this.#open.get(id);
    const chosen = open?.ask.type === 'permission' && open.ask.request.options.find((option) => option.optionId === optionId);
    if (open !== undefined && chosen) {
      const message = chosen.kind.startsWith('reject') ? words.trim() : '';
      open.settle({ outcome: 'selected', optionId, ...(message !== '' && { message }) });
    }
  }

  reply(id: number, answers: Record<string, string>): void {
    const open = this.#open.get(id);
    if (open?.ask.type === 'question' && open.ask.request.questions.every(({ question }) => answers[question])) {
      open.settle({ answers });
    }
  }

  refuse(id: number): void {
    this.#open.get(id)?.settle(NO_ANSWER);
  }

  /** None is waited for any more: the server is gone. */
  clear(): void {
    for (const { settle } of [...this.#open.values()]) {
      settle(NO_ANSWER);
    }
  }

  async #put<A extends Answer>(make: (id: number) => Ask, withdrawal: Withdrawal): Promise<A> {
    if (withdrawal.isCancellationRequested) {
      return NO_ANSWER as A;
    }
    const id = ++this.#last;
    const answer = new Promise<Answer>((settle) => {
      this.#open.set(id, { ask: make(id), settle });
    });
    withdrawal.onCancellationRequested(() => {
      this.refuse(id);
    });
    this.#changed();
    try {
      return (await answer) as A;
    } finally {
      this.#open.delete(id);
      this.#changed();
    }
  }
}
