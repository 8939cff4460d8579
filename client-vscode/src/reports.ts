// Usage and status as Markdown.

import { harmlessLine } from './harmless';
import type { Status, Totals, Usage } from './commandShapes';
import { dollars } from './wording';

const COLUMNS = 'Turns | Input | Output | Cache read | Cache written | Cost |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |';
const DEAREST = 10;

export function usageMarkdown(usage: Usage): string {
  const parts = [
    ...table('', [...usage.byDay.toReversed().map((day) => row(day.day, day)), row('**All**', usage)]),
    ...budgets(usage),
    ...table('Session', dearest(usage.bySession).map((each) => row(harmlessLine(each.title ?? 'deleted'), each))),
    ...table('File', dearest(usage.byFile).map((each) => row(harmlessLine(each.file ?? each.workspace), each))),
    ...table('Model', dearest(usage.byModel).map((each) => row(harmlessLine(each.model), each))),
  ];
  return ['# Usage', ...parts, ''].join('\n');
}

function table(name: string, rows: string[]): string[] {
  return rows.length === 0 ? [] : ['', `| ${name} | ${COLUMNS}`, ...rows];
}

function dearest<T extends Totals>(part: T[]): T[] {
  return part.toSorted((one, other) => other.costUsd - one.costUsd).slice(0, DEAREST);
}

function budgets(usage: Usage): string[] {
  const lines = usage.budgets.map(({ setting, limitUsd, leftUsd }) => {
    const left = leftUsd === undefined ? '' : `, of which ${dollars(leftUsd)} are left`;
    return `- \`${setting}\`: ${dollars(limitUsd)}${left}`;
  });
  return lines.length === 0 ? [] : ['', ...lines];
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
