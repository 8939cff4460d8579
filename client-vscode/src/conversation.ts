// One session as it is shown: the turns of its history, and those that run now, update by update.
//
// The extension and the panel's page both keep one and feed it the same updates, so that only the
// updates go between them. What is kept is plain data: a copy is a message.

import type { History, Session, SessionUpdate, TurnResult, Update } from './protocol';
import { begun, fromHistory, textOf, type ShownTurn } from './shownTurn';
import { dollars, recoveredWords, waitingWords } from './wording';

export interface Snapshot {
  sessionId: string;
  session: Session | undefined;
  turns: ShownTurn[];
}

export class Conversation {
  readonly sessionId: string;
  session: Session | undefined;
  #turns: ShownTurn[];
  /** The turns that this was told the updates of, from their beginning. */
  readonly #followed = new Set<string>();

  constructor({ sessionId, session, turns }: Snapshot) {
    this.sessionId = sessionId;
    this.session = session;
    this.#turns = turns;
  }

  static empty(sessionId: string): Conversation {
    return new Conversation({ sessionId, session: undefined, turns: [] });
  }

  get turns(): readonly ShownTurn[] {
    return this.#turns;
  }

  get snapshot(): Snapshot {
    return { sessionId: this.sessionId, session: this.session, turns: this.#turns };
  }

  get isRunning(): boolean {
    return this.#turns.some((turn) => turn.ended === undefined);
  }

  /** Another window or program works in it, of which this one is told nothing. */
  get runsElsewhere(): boolean {
    return this.#turns.some((turn) => turn.ended === undefined && !this.#followed.has(turn.turnId));
  }

  turn(turnId: string): ShownTurn | undefined {
    return this.#turns.find((each) => each.turnId === turnId);
  }

  /** Take over the journal's turns; one that this window has seen more of stays as it is. */
  load(history: History): void {
    const seen = new Map(this.#turns.filter((turn) => this.#isFinal(turn)).map((turn) => [turn.turnId, turn]));
    const past = history.turns.map((turn) => {
      const known = seen.get(turn.turnId);
      const told = fromHistory(turn);
      return known === undefined ? told : known.origin === told.origin ? known : { ...known, origin: told.origin };
    });
    const loaded = new Set(past.map((turn) => turn.turnId));
    this.#turns = [...past, ...this.#turns.filter((turn) => !loaded.has(turn.turnId))];
    this.session = history.session;
  }

  /** The turns that are not what they were; undefined where some came in between, so that all are to be shown anew. */
  newsSince(before: readonly ShownTurn[]): ShownTurn[] | undefined {
    const isLonger = this.#turns.length > before.length;
    const endsElsewhere = this.#turns[before.length - 1]?.turnId !== before.at(-1)?.turnId;
    return isLonger && endsElsewhere ? undefined : this.#turns.filter((turn) => !before.includes(turn));
  }

  /** Nothing that the journal has of it is news. */
  #isFinal({ turnId, ended }: ShownTurn): boolean {
    return ended !== undefined || this.#followed.has(turnId);
  }

  /** Take over what another copy of this conversation knows of a turn. */
  put(turn: ShownTurn): void {
    const isKnown = this.turn(turn.turnId) !== undefined;
    this.#turns = isKnown ? this.#turns.map((each) => (each.turnId === turn.turnId ? turn : each)) : [...this.#turns, turn];
  }

  /** A server that is gone ends no turn any more: those that ran were interrupted. */
  interrupt(): void {
    for (const turn of this.#turns.filter(({ ended }) => ended === undefined)) {
      turn.ended = { stopReason: 'cancelled', cutOff: true };
      turn.waiting = undefined;
    }
  }

  apply({ turnId, update }: SessionUpdate): void {
    if (update.kind === 'turn_started' || update.kind === 'waiting') {
      const waiting = update.kind === 'waiting' ? waitingWords(update.program, update.processId) : undefined;
      const turn = { ...begun(turnId, update.turn.kind, update.turn.prompt), waiting };
      this.#followed.add(turnId);
      this.#turns = [...this.#turns.filter((each) => each.turnId !== turnId), turn];
      return;
    }
    const turn = this.turn(turnId);
    if (turn !== undefined) {
      advance(turn, update);
    } // else it began before this window was open; the history will tell
  }
}

function advance(turn: ShownTurn, update: Exclude<Update, { kind: 'turn_started' | 'waiting' }>): void {
  switch (update.kind) {
    case 'agent_message_chunk':
      say(turn, 'text', update.text, update.agent);
      turn.notice = undefined;
      break;
    case 'agent_thought_chunk':
      say(turn, 'thought', update.text, update.agent);
      break;
    case 'tool_call': {
      const { toolCallId, title, toolKind, locations, agent } = update;
      turn.parts.push({ type: 'tool', agent, tool: { toolCallId, title, kind: toolKind, locations, status: 'in_progress' } });
      turn.notice = undefined;
      break;
    }
    case 'tool_call_update':
      updateTool(turn, update);
      break;
    case 'finding':
      turn.findings = [...turn.findings.filter(({ id }) => id !== update.finding.id), update.finding];
      break;
    case 'plan':
      turn.plan = update.entries;
      break;
    case 'usage_update':
      turn.costUsd = update.cost.turnUsd;
      turn.context = update.context;
      turn.warning = update.warning ?? turn.warning;
      break;
    case 'retry':
      turn.notice = `${update.reason}: trying again (${update.attempt} of ${update.maxAttempts}).`;
      break;
    case 'compacted':
      turn.compacted = update;
      break;
    case 'session_replaced':
      turn.notice = `The earlier session could not be resumed (${update.reason}); this one was told what was said.`;
      break;
    case 'estimate':
      turn.notice = `This may cost ${dollars(update.costUsd.low)} to ${dollars(update.costUsd.high)}.`;
      break;
    case 'turn_ended':
      end(turn, update.result);
      break;
    default:
      update satisfies never;
  }
}

/** Text goes on where the same speaker's last text is the last thing in the turn. */
function say(turn: ShownTurn, type: 'text' | 'thought', text: string, agent: string | undefined): void {
  const last = turn.parts.at(-1);
  if (last?.type === type && last.agent === agent) {
    last.text += text;
  } else {
    turn.parts.push({ type, agent, text });
  }
}

function updateTool(turn: ShownTurn, update: Extract<Update, { kind: 'tool_call_update' }>): void {
  for (const part of turn.parts) {
    if (part.type === 'tool' && part.tool.toolCallId === update.toolCallId) {
      part.tool.status = update.status;
      if (typeof update.content === 'string') {
        part.tool.output = update.content;
      } else if (update.content !== undefined) {
        part.tool.diff = update.content;
      }
    }
  }
}

function end(turn: ShownTurn, result: TurnResult): void {
  const { stopReason, error, recovered, compacted, verification } = result;
  turn.waiting = undefined;
  turn.notice = recovered && recoveredWords(recovered);
  turn.compacted = compacted ?? turn.compacted;
  turn.verification = verification;
  // What came before a connection broke may have been said anew; the result has it right.
  if (squeezed(textOf(turn)) !== squeezed(result.text)) {
    turn.parts = turn.parts.filter((part) => part.type !== 'text' || part.agent !== undefined);
    if (result.text !== '') {
      turn.parts.push({ type: 'text', agent: undefined, text: result.text });
    }
  }
  turn.findings = result.findings;
  turn.costUsd = result.cost.turnUsd;
  turn.context = result.context;
  turn.ended = { stopReason, ...(error && { error }) };
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, '');
}
