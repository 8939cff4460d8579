// Findings as a tree has them: by severity or by file, those that were dismissed apart and last.

import type { Finding } from '../protocol';
import { SEVERITIES, severityName } from './wording';

export type Grouping = 'severity' | 'file';

export interface Group {
  kind: 'severity' | 'file' | 'dismissed';
  /** A severity's name, or a file's URI. */
  name: string;
  findings: Finding[];
}

export function grouped(findings: readonly Finding[], grouping: Grouping): Group[] {
  const open = findings.filter(({ state }) => state === 'open').toSorted(byPlace);
  const dismissed = findings.filter(({ state }) => state === 'dismissed').toSorted(byPlace);
  const groups = grouping === 'severity' ? bySeverity(open) : byFile(open);
  return dismissed.length === 0 ? groups : [...groups, { kind: 'dismissed', name: 'Dismissed', findings: dismissed }];
}

function bySeverity(open: readonly Finding[]): Group[] {
  return SEVERITIES.map((severity): Group => {
    const findings = open.filter((finding) => finding.severity === severity);
    return { kind: 'severity', name: severityName(severity), findings };
  }).filter(({ findings }) => findings.length > 0);
}

function byFile(open: readonly Finding[]): Group[] {
  const files = [...new Set(open.map(({ uri }) => uri))];
  return files.map((name) => ({ kind: 'file', name, findings: open.filter(({ uri }) => uri === name) }));
}

function byPlace(one: Finding, other: Finding): number {
  return (
    one.uri.localeCompare(other.uri) ||
    one.range.start.line - other.range.start.line ||
    one.range.start.character - other.range.start.character
  );
}
