// How full the context is, what was spent against what may be, and what Claude may do without asking.

import { modeWords } from '../src/modes';
import type { Context } from '../src/protocol';
import type { Budget } from '../src/panel/wire';
import { dollars } from '../src/wording';
import { button, h } from './dom';

export interface Measured {
  costUsd: number;
  context: Context | undefined;
  budgets: readonly Budget[];
  warnAtPercent: number;
}

export function meters({ costUsd, context, budgets, warnAtPercent }: Measured): HTMLElement[] {
  const shown = [h('span', { class: 'cost', title: 'What this session has cost' }, dollars(costUsd))];
  if (context !== undefined && context.maxTokens > 0) {
    const percent = Math.min(100, Math.round((100 * context.usedTokens) / context.maxTokens));
    const words = `Context: ${context.usedTokens.toLocaleString('en')} of ${context.maxTokens.toLocaleString('en')} tokens`;
    shown.push(bar('context', `${percent}%`, percent, percent >= warnAtPercent, words));
  }
  for (const { name, spentUsd, limitUsd } of budgets) {
    const percent = Math.min(100, Math.round((100 * spentUsd) / limitUsd));
    const words = `Budget of the ${name}: ${dollars(spentUsd)} of ${dollars(limitUsd)}`;
    shown.push(bar(name, dollars(limitUsd), percent, percent >= 80, words));
  }
  return shown;
}

/** The session's mode, to be changed. */
export function modeButton(mode: string, choose: () => void): HTMLElement {
  const { words, detail, icon } = modeWords(mode) ?? { words: mode, detail: '', icon: 'shield' };
  const element = button({ text: words, icon, kind: 'plain mode' }, choose);
  element.title = `${detail}. Change it…`;
  return element;
}

function bar(name: string, value: string, percent: number, warns: boolean, words: string): HTMLElement {
  const fill = h('span', { class: 'fill' });
  fill.style.width = `${percent}%`;
  const track = { class: 'track', role: 'meter', 'aria-label': words, 'aria-valuemin': '0', 'aria-valuemax': '100', 'aria-valuenow': String(percent) };
  return h('span', { class: warns ? 'meter warns' : 'meter', title: words }, h('span', {}, name), h('span', track, fill), h('span', {}, value));
}
