// The server's commands: the argument and the result of each, as far as this client uses them.

import type { Diagnostic, Range } from 'vscode-languageclient/node';

import type { DebugState } from './debug/state';
import type { Mode } from './modes';
import type { Estimate, Finding, FindingState, History, Session, Severity, TurnResult } from './protocol';
import type { Reviewer } from './reviewers';

/** How a session goes on in a terminal: the result of `session.handover`. */
export interface TerminalCommand {
  sessionId: string;
  command: string;
  argv: [program: string, ...args: string[]];
  cwd: string;
  env: Record<string, string>;
}

export interface Totals {
  turns: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  costUsd: number;
}

export interface Usage extends Totals {
  byDay: (Totals & { day: string })[];
  bySession: (Totals & { sessionId: string; title?: string })[];
  byFile: (Totals & { uri: string; workspace: string; file?: string })[];
  byWorkspace: (Totals & { workspace: string })[];
  byModel: (Totals & { model: string })[];
  budgets: { setting: string; limitUsd: number; spentUsd?: number; leftUsd?: number }[];
}

/** Something that was allowed or refused for good, in one session or in all of a workspace. */
export interface PermissionRule {
  ruleId: string;
  workspace: string;
  sessionId?: string;
  /** As Claude Code writes them: `Bash(pytest:*)`. */
  rule: string;
  allows: boolean;
  createdAt: string;
}

/** A permission or a question that nobody has answered yet, in whichever window it was asked. */
export interface OpenQuestion {
  sessionId: string;
  turnId: string;
  toolCallId: string;
  title: string;
  askedAt: string;
}

/** What a cancellation came to; what runs in the background outlives its turn. */
export interface Cancellation {
  stopped: string[];
  stillRunning: string[];
  background?: { stopped: BackgroundTask[]; stillRunning: BackgroundTask[] };
}

export interface BackgroundTask {
  taskId: string;
  description: string;
}

/** How a review is to be made. */
export interface ReviewWishes {
  focus?: string;
  reviewers?: Reviewer[];
  verify?: boolean;
  fresh?: boolean;
}

/** What `status` tells; each part is shown as it comes. */
export type Status = Record<string, unknown>;

/** The argument and the result of each of the server's commands. */
export interface Commands {
  review: { argument: ReviewWishes & { uri?: string; range?: Range }; result: TurnResult };
  reviewChanges: { argument: { workspace?: string; base?: string }; result: TurnResult };
  debug: {
    argument: { uri?: string | null; range?: Range; error?: string; diagnostics?: Diagnostic[]; debugState?: DebugState; test?: string };
    result: TurnResult;
  };
  ask: { argument: AskSubject & { text: string; sessionId?: string; readOnly?: boolean }; result: TurnResult };
  fix: {
    argument: { findingId: string } | { uri: string; range?: Range; diagnostics?: Diagnostic[] };
    result: TurnResult;
  };
  runSteps: { argument: ({ steps: string[] } | { resume: true }) & { uri?: string | null }; result: TurnResult[] };
  cancel: { argument: { sessionId?: string }; result: Cancellation };
  turnContinue: { argument: { turnId: string } | { sessionId: string }; result: TurnResult };
  turnRetry: { argument: { turnId: string } | { sessionId: string }; result: TurnResult };
  sessionNew: { argument: { uri?: string | null }; result: Session };
  sessionList: {
    argument: { workspace?: string; uri?: string | null; query?: string; limit?: number; cursor?: string };
    result: { sessions: Session[]; nextCursor?: string };
  };
  sessionResume: { argument: { sessionId: string; uri?: string }; result: History };
  sessionHistory: { argument: { sessionId?: string; uri?: string | null }; result: History };
  sessionFork: { argument: { sessionId: string; turnId?: string }; result: Session };
  sessionRename: { argument: { sessionId: string; title: string }; result: Session };
  sessionDelete: { argument: { sessionId: string }; result: { deleted: true } };
  sessionCompact: { argument: { sessionId: string; instructions?: string }; result: TurnResult };
  sessionRewind: { argument: { turnId: string }; result: { restored: string[]; unrestored?: { uri: string; reason: string }[] } };
  sessionSetMode: { argument: { mode: Mode; sessionId: string }; result: Session };
  sessionHandover: { argument: { sessionId?: string }; result: TerminalCommand };
  sessionExport: { argument: { sessionId?: string; format: 'markdown' | 'json' }; result: { uri: string } };
  findingList: { argument: { workspace?: string; uri?: string; state?: FindingState }; result: { findings: Finding[] } };
  findingApply: { argument: { findingId: string }; result: { applied: boolean; reason?: string } };
  findingApplyAll: { argument: { uri: string }; result: { applied: boolean; findings: Finding[]; reason?: string } };
  findingDismiss: { argument: { findingId: string; reason?: string }; result: Finding };
  findingDismissAll: { argument: { severity: Severity; uri: string; reason?: string }; result: { findings: Finding[] } };
  findingReopen: { argument: { findingId: string }; result: Finding };
  findingVerify: { argument: { findingId: string }; result: Finding };
  permissionList: { argument: { workspace?: string; sessionId?: string }; result: { rules: PermissionRule[]; pending: OpenQuestion[] } };
  permissionRevoke: { argument: { ruleId: string }; result: { revoked: true } };
  usage: { argument: { workspace?: string; since?: string }; result: Usage };
  estimate: { argument: { uri: string; range?: Range } | { base: string; workspace: string }; result: Estimate & { reason?: string } };
  status: { argument: undefined; result: Status };
}

/** What a question is about: a code action or a code lens names it, or the editor's state does. */
export interface AskSubject {
  uri?: string | null;
  range?: Range;
  findingId?: string;
}

/** The commands that take a turn of Claude's. */
export type TurnCommand = 'review' | 'reviewChanges' | 'debug' | 'ask' | 'fix' | 'sessionCompact' | 'turnContinue' | 'turnRetry';
