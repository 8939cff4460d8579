import { describe, expect, it, vi } from 'vitest';

import { Asks, type Withdrawal } from '../../src/asks';
import type { PermissionRequest, QuestionRequest } from '../../src/protocol';

const PERMISSION: PermissionRequest = {
  ...{ sessionId: 's', turnId: 't', number: 1, pending: 1, toolCallId: 'c', title: 'Run tests', toolKind: 'execute', rawInput: { command: 'pytest' } },
  options: [{ optionId: 'yes', name: 'Allow', kind: 'allow_once' }],
};
const QUESTION: QuestionRequest = {
  ...{ sessionId: 's', turnId: 't', number: 1, pending: 1 },
  questions: [{ question: 'Which?', header: 'Choice', multiSelect: false, options: [] }],
};

class Turn implements Withdrawal {
  isCancellationRequested = false;
  #listener = (): void => undefined;

  onCancellationRequested(listener: () => void): void {
    this.#listener = listener;
  }

  end(): void {
    this.isCancellationRequested = true;
    this.#listener();
  }
}

describe('what is asked', () => {
  it('is open until an option that was offered is chosen', async () => {
    const changed = vi.fn();
    const asks = new Asks(changed);
    const answer = asks.permission(PERMISSION, new Turn());
    const [ask] = asks.open;
    asks.choose(ask?.id ?? 0, 'another');
    expect(asks.open).toHaveLength(1);
    asks.choose(ask?.id ?? 0, 'yes');
    expect(await answer).toEqual({ outcome: 'selected', optionId: 'yes' });
    expect(asks.open).toEqual([]);
    expect(changed).toHaveBeenCalledTimes(2);
  });

  it('takes words along with a refusal, and with nothing else', async () => {
    const asks = new Asks(vi.fn());
    const options = [...PERMISSION.options, { optionId: 'no', name: 'Refuse', kind: 'reject_once' as const }];
    const refused = asks.permission({ ...PERMISSION, options }, new Turn());
    asks.choose(asks.open[0]?.id ?? 0, 'no', ' Use the fixtures. ');
    expect(await refused).toEqual({ outcome: 'selected', optionId: 'no', message: 'Use the fixtures.' });
    const allowed = asks.permission({ ...PERMISSION, options }, new Turn());
    asks.choose(asks.open[0]?.id ?? 0, 'yes', 'Use the fixtures.');
    expect(await allowed).toEqual({ outcome: 'selected', optionId: 'yes' });
  });

  it('is refused when its turn is over', async () => {
    const asks = new Asks(vi.fn());
    const turn = new Turn();
    const answer = asks.permission(PERMISSION, turn);
    turn.end();
    expect(await answer).toEqual({ outcome: 'cancelled' });
    expect(await asks.question(QUESTION, turn)).toEqual({ outcome: 'cancelled' });
  });

  it('needs an answer to each question', async () => {
    const asks = new Asks(vi.fn());
    const answer = asks.question(QUESTION, new Turn());
    const id = asks.open[0]?.id ?? 0;
    asks.reply(id, {});
    expect(asks.open).toHaveLength(1);
    asks.reply(id, { 'Which?': 'That' });
    expect(await answer).toEqual({ answers: { 'Which?': 'That' } });
  });

  it('is refused, all of it, when the server is gone', async () => {
    const asks = new Asks(vi.fn());
    const answers = Promise.all([asks.permission(PERMISSION, new Turn()), asks.question(QUESTION, new Turn())]);
    asks.clear();
    expect(await answers).toEqual([{ outcome: 'cancelled' }, { outcome: 'cancelled' }]);
  });
});
