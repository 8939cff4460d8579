// One session as it is shown: the turns of its history, and those that run now, update by update.

import type { Finding, History, SessionUpdate, ToolStatus, Turn, TurnKind, TurnResult } from './protocol';

export interface ShownTurn {
  readonly turnId: string;
  readonly kind: TurnKind;
  readonly prompt: string;
  text: string;
  tools: { toolCallId: string; title: string; status: ToolStatus }[];
  findings: Finding[];
  /** What is going on besides the reply: a retry, say. */
  notice: string | undefined;
  ended: Pick<TurnResult, 'stopReason' | 'error' | 'cost'> | undefined;
  result: TurnResult | undefined;
}

export class Conversation {
  readonly sessionId: string;
  title = 'Claude';
  /** The file it is about, by its name. */
  about = 'Claude';
  #turns: ShownTurn[] = [];

  constructor(sessionId: string) {
    this.sessionId = sessionId;
  }

  get turns(): readonly ShownTurn[] {
    return this.#turns;
  }

  /** Take over the journal's turns; one that this window has seen more of stays as it is. */
  load(history: History): void {
    const seen = new Map(this.#turns.map((turn) => [turn.turnId, turn]));
    const past = history.turns.map((turn) => seen.get(turn.turnId) ?? fromHistory(turn));
    const loaded = new Set(past.map((turn) => turn.turnId));
    this.#turns = [...past, ...this.#turns.filter((turn) => !loaded.has(turn.turnId))];
    this.title = history.session.title;
    this.about = lastName(history.session.file ?? 'Workspace');
  }

  apply({ turnId, update }: SessionUpdate): void {
    if (update.kind === 'turn_started') {
      const { kind, prompt, uri } = update.turn;
      this.#turns.push(begun(turnId, kind, prompt));
      this.about = uri === undefined ? this.about : lastName(decodeURIComponent(uri));
      return;
    }
    const turn = this.#turns.find((each) => each.turnId === turnId);
    if (turn === undefined) {
      return; // it began before this window was open; the history will tell
    }
    switch (update.kind) {
      case 'agent_message_chunk':
        turn.text += update.text;
        turn.notice = undefined;
        break;
      case 'tool_call':
        turn.tools.push({ toolCallId: update.toolCallId, title: update.title, status: 'in_progress' });
        break;
      case 'tool_call_update':
        for (const tool of turn.tools.filter((each) => each.toolCallId === update.toolCallId)) {
          tool.status = update.status;
        }
        break;
      case 'finding':
        turn.findings.push(update.finding);
        break;
      case 'retry':
        turn.notice = `${update.reason}: trying again (${update.attempt} of ${update.maxAttempts}).`;
        break;
      case 'compacted':
        turn.notice = 'The conversation was summarised to make room.';
        break;
      case 'session_replaced':
        turn.notice = `The earlier session could not be resumed (${update.reason}); this one was told what was said.`;
        break;
      case 'turn_ended':
        turn.text = update.result.text;
        turn.findings = update.result.findings;
        turn.ended = turn.result = update.result;
        break;
      case 'agent_thought_chunk':
      case 'plan':
      case 'usage_update':
        break; // not part of what is kept to read
      default:
        update satisfies never;
    }
  }
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function begun(turnId: string, kind: TurnKind, prompt: string): ShownTurn {
  return { turnId, kind, prompt, text: '', tools: [], findings: [], notice: undefined, ended: undefined, result: undefined };
}

function fromHistory(turn: Turn): ShownTurn {
  const shown = begun(turn.turnId, turn.kind, turn.prompt);
  const { stopReason, error, cost } = turn;
  shown.text = turn.text;
  shown.tools = turn.toolCalls;
  shown.ended = stopReason && { stopReason, cost, ...(error && { error }) };
  return shown;
}
