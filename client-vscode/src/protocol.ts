// The server's public contract, as far as this client uses it: what it tells of sessions and turns, and what it asks.
// Its commands are in commandShapes.ts.

import type { Range } from 'vscode-languageclient/node';

export type StopReason = 'end_turn' | 'max_turns' | 'max_budget' | 'cancelled' | 'refusal' | 'error';
export type TurnKind = 'review' | 'debug' | 'ask' | 'fix' | 'step' | 'compact';
export type ToolStatus = 'pending' | 'in_progress' | 'completed' | 'failed';
export type Severity = 'error' | 'warning' | 'information' | 'hint';
export type SessionState = 'idle' | 'running' | 'requires_action' | 'interrupted';

export type FindingState = 'open' | 'fixed' | 'dismissed' | 'stale';

export interface Finding {
  id: string;
  uri: string;
  range: Range;
  severity: Severity;
  category: string;
  title: string;
  message: string;
  failureScenario?: string;
  quote: string;
  suggestion?: { newText: string };
  verdict?: 'confirmed' | 'plausible';
  state: FindingState;
  /** From which points of view it was reported. */
  reviewers: string[];
  sessionId: string;
  turnId: string;
}

export type ToolKind = 'read' | 'edit' | 'delete' | 'move' | 'search' | 'execute' | 'think' | 'fetch' | 'other';

/** A place that a tool call is about; the line counts from 0. */
export interface Location {
  uri: string;
  line?: number;
}

/** What a tool call changed in a file. */
export interface FileDiff {
  path: string;
  oldText: string;
  newText: string;
}

export interface PlanEntry {
  content: string;
  status: string;
}

export interface Context {
  usedTokens: number;
  maxTokens: number;
}

export interface Cost {
  turnUsd: number;
  sessionUsd?: number;
}

export interface TurnError {
  kind: string;
  message: string;
  hint: string;
  retryable: boolean;
}

export interface TurnResult {
  sessionId: string;
  turnId: string;
  stopReason: StopReason;
  text: string;
  findings: Finding[];
  cost: Cost;
  context: Context;
  resumed: boolean;
  recovered?: { from: string; reason: string; by: 'copy' | 'journal' };
  error?: TurnError;
  compacted?: Compacted;
  verification?: Verification;
}

/** That the conversation was summarised, and how large it was and is. */
export interface Compacted {
  beforeTokens: number;
  afterTokens?: number;
  summary?: string;
}

/** What was seen of a fix when it was looked at again. */
export interface Verification {
  state: 'verified' | 'still failing' | 'not verified';
  command?: string;
  attempts: number;
  failure?: string;
  output?: string;
  reason?: string;
}

export interface Session {
  sessionId: string;
  workspace: string;
  file?: string;
  title: string;
  current: boolean;
  createdAt: string;
  updatedAt: string;
  turns: number;
  costUsd: number;
  model?: string;
  state: SessionState;
  mode: string;
  forkedFrom?: string;
  recoveredFrom?: string;
  elsewhere?: true;
  openFindings: number;
  context?: Context;
}

export interface Turn {
  turnId: string;
  /** That of a session before this one, for what a fork or a session that took a lost one's place has inherited. */
  sessionId: string;
  kind: TurnKind;
  prompt: string;
  text: string;
  state: 'queued' | 'running' | 'ended' | 'interrupted';
  stopReason?: StopReason;
  toolCalls: { toolCallId: string; title: string; kind: ToolKind; status: ToolStatus; locations: Location[] }[];
  findings: string[];
  cost: Cost;
  error?: TurnError;
  compacted?: Compacted;
  verification?: Verification;
  /** The turn that it goes on with, or does again. */
  continues?: string;
  retries?: string;
  /** It was had in Claude Code itself. */
  elsewhere?: true;
}

export interface History {
  session: Session;
  turns: Turn[];
}

/** What a review may take. */
export interface Estimate {
  tokens: { low: number; high: number };
  costUsd: { low: number; high: number };
  /** How many earlier turns it goes by; 0 where it goes by the text's size. */
  basedOnTurns: number;
}

/** @property uri the file that it is about; without one, the workspace. */
export interface AskedTurn {
  kind: TurnKind;
  prompt: string;
  uri?: string;
}

export type Update =
  | { kind: 'turn_started'; turn: AskedTurn; resumed: boolean }
  | { kind: 'agent_message_chunk' | 'agent_thought_chunk'; text: string; agent?: string }
  | {
      kind: 'tool_call';
      toolCallId: string;
      title: string;
      toolKind: ToolKind;
      locations: Location[];
      agent?: string;
    }
  | { kind: 'tool_call_update'; toolCallId: string; status: ToolStatus; content?: string | FileDiff }
  | { kind: 'finding'; finding: Finding }
  | { kind: 'plan'; entries: PlanEntry[] }
  | { kind: 'usage_update'; cost: Cost; context: Context; warning?: string }
  | { kind: 'retry'; attempt: number; maxAttempts: number; delayMs: number; reason: string }
  | ({ kind: 'compacted'; trigger: string } & Compacted)
  | ({ kind: 'estimate' } & Estimate)
  | { kind: 'session_replaced'; from: string; to: string; reason: string }
  | { kind: 'waiting'; turn: AskedTurn; program: 'claude-sidecar' | 'claude'; processId: number }
  | { kind: 'turn_ended'; result: TurnResult };

export interface SessionUpdate {
  sessionId: string;
  turnId: string;
  seq: number;
  update: Update;
}

export interface PermissionOption {
  optionId: string;
  name: string;
  kind: 'allow_once' | 'allow_always' | 'reject_once' | 'reject_always';
}

/** How a request stands among others: its number in its turn, how many are open in the session, itself included. */
interface Numbered {
  number: number;
  pending: number;
  /** It was open when a server ended, and is asked again. */
  askedBefore?: true;
}

export interface PermissionRequest extends Numbered {
  sessionId: string;
  turnId: string;
  toolCallId: string;
  title: string;
  description?: string;
  /** Why it is asked about, where that is not plain. */
  reason?: string;
  toolKind: string;
  rawInput: Record<string, unknown>;
  diff?: { uri: string; oldText: string; newText: string };
  options: PermissionOption[];
}

/** @property message goes to Claude with a refusal. */
export type PermissionAnswer = { outcome: 'selected'; optionId: string; message?: string } | { outcome: 'cancelled' };

export interface Question {
  question: string;
  header: string;
  multiSelect: boolean;
  options: { label: string; description: string }[];
}

export interface QuestionRequest extends Numbered {
  sessionId: string;
  turnId: string;
  questions: Question[];
}

export type QuestionAnswer = { answers: Record<string, string> } | { outcome: 'cancelled' };
