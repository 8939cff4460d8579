// One session as it is shown: the turns of its history, and those that run now, update by update.
//
// The extension and the panel's page both keep one and feed it the same updates, so that only the
// updates go between them. What is kept is plain data: a copy is a message.

import type {
  Context,
  FileDiff,
  Finding,
  History,
  Location,
  PlanEntry,
  Session,
  SessionUpdate,
  StopReason,
  ToolKind,
  ToolStatus,
  Turn,
  TurnKind,
  TurnResult,
  Update,
} from './protocol';
import { dollars } from './wording';

export interface ToolCall {
  readonly toolCallId: string;
  readonly title: string;
  readonly kind: ToolKind;
  readonly locations: readonly Location[];
  status: ToolStatus;
  output?: string;
  diff?: FileDiff;
}

/** What a turn is made of, in the order in which it came. */
export type Part =
  | { readonly type: 'text' | 'thought'; readonly agent: string | undefined; text: string }
  | { readonly type: 'tool'; readonly agent: string | undefined; readonly tool: ToolCall };

export interface ShownTurn {
  readonly turnId: string;
  readonly kind: TurnKind;
  readonly prompt: string;
  parts: Part[];
  findings: Finding[];
  /** The findings of a turn that is known from the history alone. */
  findingIds: string[];
  plan: PlanEntry[];
  /** What is going on besides the reply: a retry, say. */
  notice: string | undefined;
  /** That the context is nearly full, say. */
  warning: string | undefined;
  costUsd: number;
  context: Context | undefined;
  ended: Pick<TurnResult, 'stopReason' | 'error'> | undefined;
}

export interface Snapshot {
  sessionId: string;
  session: Session | undefined;
  turns: ShownTurn[];
}

const CUT_OFF = 'The server stopped during this turn. What had arrived is kept.';

export class Conversation {
  readonly sessionId: string;
  session: Session | undefined;
  #turns: ShownTurn[];

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

  turn(turnId: string): ShownTurn | undefined {
    return this.#turns.find((each) => each.turnId === turnId);
  }

  /** Take over the journal's turns; one that this window has seen more of stays as it is. */
  load(history: History): void {
    const seen = new Map(this.#turns.map((turn) => [turn.turnId, turn]));
    const isLive = ['running', 'requires_action'].includes(history.session.state);
    const past = history.turns.map((turn) => seen.get(turn.turnId) ?? fromHistory(turn, isLive));
    const loaded = new Set(past.map((turn) => turn.turnId));
    this.#turns = [...past, ...this.#turns.filter((turn) => !loaded.has(turn.turnId))];
    this.session = history.session;
  }

  /** A server that is gone ends no turn any more: those that ran were interrupted. */
  interrupt(): void {
    for (const turn of this.#turns.filter(({ ended }) => ended === undefined)) {
      turn.notice = CUT_OFF;
      turn.ended = { stopReason: 'cancelled' };
    }
  }

  apply({ turnId, update }: SessionUpdate): void {
    if (update.kind === 'turn_started') {
      const { kind, prompt } = update.turn;
      this.#turns = [...this.#turns.filter((each) => each.turnId !== turnId), begun(turnId, kind, prompt)];
      return;
    }
    const turn = this.turn(turnId);
    if (turn !== undefined) {
      advance(turn, update);
    } // else it began before this window was open; the history will tell
  }
}

/** All that Claude itself said in a turn, as Markdown. */
export function textOf(turn: ShownTurn): string {
  return turn.parts
    .filter((part) => part.type === 'text' && part.agent === undefined)
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('\n\n');
}

function advance(turn: ShownTurn, update: Exclude<Update, { kind: 'turn_started' }>): void {
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
      turn.notice = 'The conversation was summarised to make room.';
      break;
    case 'session_replaced':
      turn.notice = `The earlier session could not be resumed (${update.reason}); this one was told what was said.`;
      break;
    case 'estimate':
      turn.notice = `This may cost ${dollars(update.costUsd.low)} to ${dollars(update.costUsd.high)}.`;
      break;
    case 'waiting':
      turn.notice = `Waiting for ${update.program} (process ${String(update.processId)}), which has this session.`;
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
  const { stopReason, error, recovered } = result;
  if (recovered?.by === 'copy') {
    turn.notice = `Claude Code had lost this session (${recovered.reason}): put back from a copy.`;
  }
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

function begun(turnId: string, kind: TurnKind, prompt: string): ShownTurn {
  return {
    ...{ turnId, kind, prompt, parts: [], findings: [], findingIds: [], plan: [], costUsd: 0 },
    ...{ notice: undefined, warning: undefined, context: undefined, ended: undefined },
  };
}

/** @param isLive a turn without an end may still be running; else its server died in it. */
function fromHistory(turn: Turn, isLive: boolean): ShownTurn {
  const { stopReason, error, cost, toolCalls, text } = turn;
  const tools = toolCalls.map((tool): Part => ({ type: 'tool', agent: undefined, tool: { ...tool } }));
  return {
    ...begun(turn.turnId, turn.kind, turn.prompt),
    parts: text === '' ? tools : [...tools, { type: 'text', agent: undefined, text }],
    findingIds: turn.findings,
    costUsd: cost.turnUsd,
    ended: ending(stopReason, isLive) && { stopReason: stopReason ?? 'cancelled', ...(error && { error }) },
    notice: ending(stopReason, isLive) === 'cut off' ? CUT_OFF : undefined,
  };
}

function ending(stopReason: StopReason | undefined, isLive: boolean): StopReason | 'cut off' | undefined {
  return stopReason ?? (isLive ? undefined : 'cut off');
}
