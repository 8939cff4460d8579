// A turn as it is shown: what it is made of, as it streams in and as the journal has it afterwards.

import type {
  Compacted,
  Context,
  FileDiff,
  Finding,
  Location,
  PlanEntry,
  ToolKind,
  ToolStatus,
  Turn,
  TurnKind,
  TurnResult,
  Update,
  Verification,
} from './protocol';
import { originWords } from './wording';

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
  /** What it has to do with another turn, or with another program, in words. */
  origin: string | undefined;
  parts: Part[];
  findings: Finding[];
  /** The findings of a turn that is known from the history alone. */
  findingIds: string[];
  plan: PlanEntry[];
  /** For whom it waits, before it begins. */
  waiting: string | undefined;
  /** What is going on besides the reply: a retry, say. */
  notice: string | undefined;
  /** That the context is nearly full, say. */
  warning: string | undefined;
  costUsd: number;
  context: Context | undefined;
  compacted: Compacted | undefined;
  verification: Verification | undefined;
  /** @property cutOff its server ended in it. */
  ended: (Pick<TurnResult, 'stopReason' | 'error'> & { cutOff?: true }) | undefined;
}

/** All that Claude itself said in a turn, as Markdown. */
export function textOf(turn: ShownTurn): string {
  return turn.parts
    .filter((part) => part.type === 'text' && part.agent === undefined)
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('\n\n');
}

/** Whether a tool call is over by which Claude may have gone into plan mode, or out of it. */
export function mayHavePlanned(turn: ShownTurn | undefined, update: Update): boolean {
  const id = update.kind === 'tool_call_update' && update.status === 'completed' ? update.toolCallId : undefined;
  return id !== undefined && turn?.parts.some((part) => part.type === 'tool' && part.tool.toolCallId === id && part.tool.kind === 'think') === true;
}

/** One that has just begun. */
export function begun(turnId: string, kind: TurnKind, prompt: string): ShownTurn {
  return {
    ...{ turnId, kind, prompt, origin: undefined, parts: [], findings: [], findingIds: [], plan: [], costUsd: 0 },
    ...{ waiting: undefined, notice: undefined, warning: undefined, context: undefined },
    ...{ compacted: undefined, verification: undefined, ended: undefined },
  };
}

/** One as the journal has it. */
export function fromHistory(turn: Turn): ShownTurn {
  const { state, cost, toolCalls, text, compacted, verification } = turn;
  const tools = toolCalls.map((tool): Part => ({ type: 'tool', agent: undefined, tool: { ...tool } }));
  return {
    ...begun(turn.turnId, turn.kind, turn.prompt),
    origin: originWords(turn),
    parts: text === '' ? tools : [...tools, { type: 'text', agent: undefined, text }],
    findingIds: turn.findings,
    waiting: state === 'queued' ? 'Waiting for the turns before it.' : undefined,
    costUsd: cost.turnUsd,
    compacted,
    verification,
    ended: ending(turn),
  };
}

function ending({ state, stopReason, error }: Turn): ShownTurn['ended'] {
  if (state === 'queued' || state === 'running') {
    return undefined;
  }
  if (stopReason === undefined) {
    return { stopReason: 'cancelled', cutOff: true };
  }
  return { stopReason, ...(error && { error }) };
}
