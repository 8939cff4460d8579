// A finding in words: as the comment on its code, and as an item in a list.

import { harmless, harmlessLine } from '../harmless';
import type { Finding, Severity } from '../protocol';

export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'information', 'hint'];

const NAMES: Record<Severity, string> = { error: 'Errors', warning: 'Warnings', information: 'Information', hint: 'Hints' };

export function severityName(severity: Severity): string {
  return NAMES[severity];
}

/** The whole finding in Markdown that cannot load or run anything. */
export function findingMarkdown(finding: Finding): string {
  const parts = [`**${harmlessLine(finding.title)}**`, harmless(finding.message)];
  if (finding.failureScenario !== undefined) {
    parts.push(`**Fails when:** ${harmless(finding.failureScenario)}`);
  }
  if (finding.reviewers.length > 0) {
    parts.push(`Seen by: ${harmlessLine(finding.reviewers.join(', '))}`);
  }
  if (finding.suggestion !== undefined) {
    parts.push(fenced(suggestionDiff(finding.quote, finding.suggestion.newText)));
  }
  return parts.join('\n\n');
}

/** What stands above a thread. */
export function findingLabel(finding: Finding): string {
  const verdict = finding.verdict === undefined ? '' : ` · ${finding.verdict}`;
  return `Claude · ${finding.severity} · ${finding.category}${verdict}`;
}

function suggestionDiff(before: string, after: string): string {
  const removed = before.split('\n').map((line) => `-${line}`);
  const added = after === '' ? [] : after.split('\n').map((line) => `+${line}`);
  return [...removed, ...added].join('\n');
}

/** A fence that is longer than any run of backticks in it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}diff\n${text}\n${marks}`;
}
