// How numbers and outcomes are put in words, the same wherever they are shown.

import type { Cancellation } from './commandShapes';
import type { Compacted, Estimate, Finding, Session, Turn, TurnError, TurnResult, Verification } from './protocol';

const MINUTE = 60_000;
const STEPS: readonly [number, Intl.RelativeTimeFormatUnit][] = [
  [60 * 24 * 30, 'month'],
  [60 * 24, 'day'],
  [60, 'hour'],
  [1, 'minute'],
];

/** `$0.0042`, `$1.20`: small amounts to four places, since most turns cost less than a cent. */
export function dollars(amount: number): string {
  return `$${amount.toFixed(amount !== 0 && amount < 0.1 ? 4 : 2)}`;
}

/** A day as the server takes it, `2026-03-01`, where the user is. */
export function today(now: Date): string {
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return parts.map((part) => String(part).padStart(2, '0')).join('-');
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `3 days ago`, for a moment given in ISO 8601. */
export function ago(moment: string, now: number): string {
  const minutes = Math.max(0, (now - Date.parse(moment)) / MINUTE);
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  for (const [size, unit] of STEPS) {
    if (minutes >= size) {
      return format.format(-Math.floor(minutes / size), unit);
    }
  }
  return 'just now';
}

export function findingsFound(findings: readonly Finding[]): string {
  return findings.length === 0 ? 'no findings' : count(findings.length, 'finding');
}

/** What a turn came to, in one line: findings, cost, and how full the context is. */
export function outcome(result: TurnResult): string {
  const parts = result.findings.length > 0 ? [findingsFound(result.findings)] : [];
  parts.push(dollars(result.cost.turnUsd));
  if (result.cost.sessionUsd !== undefined && result.cost.sessionUsd > result.cost.turnUsd) {
    parts.push(`${dollars(result.cost.sessionUsd)} in this session`);
  }
  if (result.context.maxTokens > 0) {
    const percent = Math.round((100 * result.context.usedTokens) / result.context.maxTokens);
    parts.push(`context ${percent}% full`);
  }
  return parts.join(' · ');
}

/** What a review may take, and what that goes by. */
export function estimateWords({ tokens, costUsd, basedOnTurns, reason }: Estimate & { reason?: string }): string {
  const by = basedOnTurns === 0 ? 'by its size' : `to go by ${count(basedOnTurns, 'earlier review')}`;
  const range = `${dollars(costUsd.low)} to ${dollars(costUsd.high)}`;
  const words = `This may cost ${range}, for ${tokens.low.toLocaleString('en')} to ${tokens.high.toLocaleString('en')} tokens, ${by}.`;
  return reason === undefined ? words : `${words} ${sentence(reason)}`;
}

/** What was stopped, and what was not. */
export function cancellationWords({ stopped, stillRunning, background }: Cancellation): { text: string; stillRuns: boolean } {
  const behind = background?.stillRunning.map(({ description }) => description) ?? [];
  const left = [...(stillRunning.length > 0 ? [count(stillRunning.length, 'turn')] : []), ...behind];
  if (left.length > 0) {
    return { text: `Still running, and being stopped: ${left.join(', ')}.`, stillRuns: true };
  }
  const ended = background?.stopped.map(({ description }) => description) ?? [];
  const also = ended.length === 0 ? '' : ` In the background too: ${ended.join(', ')}.`;
  const nothing = stopped.length === 0 && ended.length === 0;
  return { text: nothing ? 'Claude is not doing anything.' : `Claude was stopped.${also}`, stillRuns: false };
}

/** Which files were put back as they were, and which were not, and why. */
export function rewindWords(restored: readonly string[], unrestored: readonly { name: string; reason: string }[]): string {
  const back = restored.length === 0 ? [] : [`Put back: ${restored.join(', ')}.`];
  const not = unrestored.map(({ name, reason }) => `Not put back: ${name}. ${sentence(reason)}`);
  return back.length + not.length === 0 ? 'No file was changed since.' : [...back, ...not].join(' ');
}

/** What a turn has to do with one before it, or with another program; undefined for most. */
export function originWords({ continues, retries, elsewhere }: Pick<Turn, 'continues' | 'retries' | 'elsewhere'>): string | undefined {
  if (elsewhere === true) {
    return 'in Claude Code itself';
  }
  return continues !== undefined ? 'goes on with an earlier turn' : retries !== undefined ? 'tried again' : undefined;
}

/** For whom a turn waits. */
export function waitingWords(program: 'claude-sidecar' | 'claude', processId: number): string {
  const who = program === 'claude' ? 'Claude Code in a terminal' : 'another window or terminal';
  return `Waiting for ${who} (process ${processId}), which has this session.`;
}

/** What became of a session that Claude Code had lost. */
export function recoveredWords({ by, reason }: NonNullable<TurnResult['recovered']>): string {
  return by === 'copy'
    ? `Claude Code had lost this session (${reason}): put back from a copy.`
    : `The earlier session could not be resumed (${reason}): this one was told what was said.`;
}

export function compactedWords({ beforeTokens, afterTokens }: Compacted): string {
  const now = afterTokens === undefined ? '' : `, ${afterTokens.toLocaleString('en')} now`;
  return `The conversation was summarised: ${beforeTokens.toLocaleString('en')} tokens before${now}.`;
}

/** Whether a fix was seen to work, and after how many changes. */
export function verificationWords({ state, command, attempts, reason }: Verification): string {
  const by = command === undefined ? '' : ` by ${command}`;
  const after = attempts === 0 ? '' : ` after ${count(attempts, 'change')}`;
  switch (state) {
    case 'verified':
      return `Verified${by}${after}.`;
    case 'still failing':
      return `Still failing${after}${command === undefined ? '' : `: ${command}`}.`;
    case 'not verified':
      return reason === undefined ? 'Not verified.' : sentence(`Not verified: ${reason}`);
    default:
      return state satisfies never;
  }
}

function explained({ message, hint }: TurnError): string {
  return `${sentence(message)} ${hint}`.trim();
}

/** Why a turn stopped short of its end, or undefined if it did not. */
export function shortfall(result: Pick<TurnResult, 'stopReason' | 'error'> & { cutOff?: true }): string | undefined {
  if (result.cutOff === true) {
    return 'The server stopped during this turn. What had arrived is kept.';
  }
  switch (result.stopReason) {
    case 'end_turn':
      return undefined;
    case 'cancelled': // by the user, or for a reason that they are told
      return result.error === undefined ? 'Cancelled.' : explained(result.error);
    case 'max_turns':
      return 'Stopped: it reached claudeSidecar.maxTurns. Ask it to go on.';
    case 'max_budget':
      return 'Stopped: a limit under claudeSidecar.budget was reached.';
    case 'refusal':
      return 'Claude declined to answer.';
    case 'error':
      return result.error === undefined ? 'It failed.' : explained(result.error);
    default:
      return result.stopReason satisfies never;
  }
}

/** The second line of a session in a list. */
export function sessionSummary(session: Session): string {
  const parts = [count(session.turns, 'turn'), dollars(session.costUsd)];
  if (session.openFindings > 0) {
    parts.push(count(session.openFindings, 'open finding'));
  }
  if (session.state !== 'idle') {
    parts.push(session.state === 'requires_action' ? 'waits for you' : session.state);
  }
  if (session.elsewhere) {
    parts.push('begun in Claude Code');
  }
  if (session.forkedFrom !== undefined) {
    parts.push('branched off');
  }
  if (session.recoveredFrom !== undefined) {
    parts.push('took a lost one’s place');
  }
  return parts.join(' · ');
}

function sentence(words: string): string {
  return /[.!?…]$/.test(words) ? words : `${words}.`;
}
