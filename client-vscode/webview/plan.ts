// Claude's plan, each entry with how it stands.

import type { PlanEntry } from '../src/protocol';
import { h, icon } from './dom';

const STATES: Record<string, { icon: string; words: string }> = {
  pending: { icon: 'circle-outline', words: 'to do' },
  in_progress: { icon: 'play-circle', words: 'doing' },
  completed: { icon: 'pass-filled', words: 'done' },
};

export function planView(entries: readonly PlanEntry[]): HTMLElement {
  const done = entries.filter(({ status }) => status === 'completed').length;
  const items = entries.map(({ content, status }) => {
    const state = STATES[status] ?? { icon: 'circle-outline', words: status };
    return h('li', { class: status }, icon(state.icon), h('span', { class: 'unseen' }, state.words), h('span', {}, content));
  });
  const summary = h('summary', {}, icon('checklist'), `Plan, ${done} of ${entries.length} done`);
  return h('details', { open: true }, summary, h('ul', {}, ...items));
}
