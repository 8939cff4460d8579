// Finds what looks like a failure in a terminal's line, and cuts a traceback out of a longer text.

/** The last line of a failure, as runtimes and test runners write it. */
const FAILURES: readonly RegExp[] = [
  /^Traceback \(most recent call last\):/,
  /^(?:E\s+)?(?:[A-Za-z_][\w.]*\.)?[A-Z]\w*(?:Error|Exception|Warning|Interrupt|Exit|Failure)\b(?::.*)?$/,
  /^thread '.*' panicked at/,
  /^panic: /,
  /^FAILED \S+::\S+/,
  /^Exception in thread /,
  /^Unhandled (?:exception|rejection)/i,
];

export interface FailureSpan {
  startIndex: number;
  length: number;
}

/** Where in a line a failure is named, or undefined. */
export function failureIn(line: string): FailureSpan | undefined {
  const text = line.trimEnd();
  const startIndex = text.length - text.trimStart().length;
  return FAILURES.some((failure) => failure.test(text.slice(startIndex)))
    ? { startIndex, length: text.length - startIndex }
    : undefined;
}

/** Lines that are kept around a failure in a terminal's text. */
const BEFORE = 80;
const AFTER = 20;

/** The part of a terminal's text that a line of it is about: the last one like it, with what belongs to it. */
export function aroundFailure(text: string, line: string): string {
  const lines = text.split(/\r?\n/).map((each) => each.trimEnd());
  const at = lines.lastIndexOf(line.trimEnd());
  if (at === -1) {
    return line.trim();
  }
  return lines.slice(Math.max(0, at - BEFORE), at + AFTER).join('\n').trim();
}
