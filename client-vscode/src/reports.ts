// Usage and status as Markdown.

import { harmlessLine } from './harmless';
import type { Status, Totals, Usage } from './protocol';
import { dollars } from './wording';

const HEAD = '| | Turns | Input | Output | Cache read | Cache written | Cost |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |';

export function usageMarkdown(usage: Usage): string {
  const days = usage.byDay.toReversed().map((day) => row(day.day, day));
  return ['# Usage', '', HEAD, ...days, row('**All**', usage), ''].join('\n');
}

function row(name: string, totals: Totals): string {
  const numbers = [totals.turns, totals.inputTokens, totals.outputTokens, totals.cacheReadTokens, totals.cacheWriteTokens];
  const cells = [name, ...numbers.map((number) => number.toLocaleString('en')), dollars(totals.costUsd)];
  return `| ${cells.join(' | ')} |`;
}

export function statusMarkdown(status: Status): string {
  return ['# Status', '', ...lines(status, ''), ''].join('\n');
}

function lines(value: object, indent: string): string[] {
  return Object.entries(value).flatMap(([name, part]: [string, unknown]) => {
    if (typeof part === 'object' && part !== null && Object.keys(part).length > 0) {
      return [`${indent}- **${harmlessLine(name)}**`, ...lines(part, `${indent}  `)];
    }
    return [`${indent}- **${harmlessLine(name)}**: ${harmlessLine(inWords(part))}`];
  });
}

function inWords(part: unknown): string {
  switch (typeof part) {
    case 'boolean':
      return part ? 'yes' : 'no';
    case 'string':
    case 'number':
      return String(part);
    default:
      return Array.isArray(part) ? 'none' : '–';
  }
}
