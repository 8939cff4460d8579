// How full the context is and what was spent, against what may be.

import type { Context } from '../src/protocol';
import type { Budget } from '../src/panel/wire';
import { dollars } from '../src/wording';
import { h, icon } from './dom';

/** What is allowed without asking, where it is not the usual. */
const MODES: Record<string, { words: string; title: string }> = {
  plan: { words: 'plan', title: 'Plan mode: nothing is changed before you approve a plan' },
  acceptEdits: { words: 'edits allowed', title: 'Edits inside the open folders are not asked about' },
  dontAsk: { words: 'asks nothing', title: 'What would be asked about is refused' },
  bypassPermissions: { words: 'all allowed', title: 'Hardly anything is asked about' },
};

export interface Measured {
  costUsd: number;
  context: Context | undefined;
  budgets: readonly Budget[];
  warnAtPercent: number;
  mode: string;
}

export function meters({ costUsd, context, budgets, warnAtPercent, mode }: Measured): HTMLElement[] {
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
  const told = MODES[mode];
  if (told !== undefined) {
    shown.push(h('span', { class: 'mode', title: told.title }, icon('shield'), told.words));
  }
  return shown;
}

function bar(name: string, value: string, percent: number, warns: boolean, words: string): HTMLElement {
  const fill = h('span', { class: 'fill' });
  fill.style.width = `${percent}%`;
  const track = { class: 'track', role: 'meter', 'aria-label': words, 'aria-valuemin': '0', 'aria-valuemax': '100', 'aria-valuenow': String(percent) };
  return h('span', { class: warns ? 'meter warns' : 'meter', title: words }, h('span', {}, name), h('span', track, fill), h('span', {}, value));
}
