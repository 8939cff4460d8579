// What a code action or a code lens gives to the command "Ask Claude", told from any other argument.

import type { AskSubject } from './commandShapes';

/** Undefined unless the value names what to ask about; of a range that is none the rest stays. */
export function askSubject(value: unknown): AskSubject | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const { uri, range, findingId } = value as Record<string, unknown>;
  const subject: AskSubject = {
    ...((typeof uri === 'string' || uri === null) && { uri }),
    ...(isRange(range) && { range }),
    ...(typeof findingId === 'string' && { findingId }),
  };
  return Object.keys(subject).length > 0 ? subject : undefined;
}

function isRange(value: unknown): value is NonNullable<AskSubject['range']> {
  const { start, end } = (value ?? {}) as Record<string, unknown>;
  return isPosition(start) && isPosition(end);
}

function isPosition(value: unknown): boolean {
  const { line, character } = (value ?? {}) as Record<string, unknown>;
  return typeof line === 'number' && typeof character === 'number';
}
