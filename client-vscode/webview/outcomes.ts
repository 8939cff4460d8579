// What a turn came to besides its reply: a conversation that was summarised, a fix that was looked at again.

import type { Compacted, TurnKind, Verification } from '../src/protocol';
import { compactedWords, verificationWords } from '../src/wording';
import { h, icon } from './dom';

const VERIFIED: Record<Verification['state'], { icon: string; severity: string }> = {
  verified: { icon: 'pass', severity: 'info' },
  'still failing': { icon: 'error', severity: 'error' },
  'not verified': { icon: 'question', severity: 'info' },
};

/** The summary unfolds, but where the turn's reply is the summary already. */
export function compactedView(compacted: Compacted, kind: TurnKind): HTMLElement {
  const words = compactedWords(compacted);
  if (compacted.summary === undefined || kind === 'compact') {
    return h('div', { class: 'notice info' }, icon('fold'), words);
  }
  const summary = h('div', { class: 'prompt-text', tabindex: '0', role: 'group', 'aria-label': 'Summary' }, compacted.summary);
  return h('details', { class: 'kept' }, h('summary', {}, icon('fold'), words), summary);
}

/** What fails still is shown, and what was written unfolds. */
export function verificationView(verification: Verification): HTMLElement {
  const { state, failure = '', output = '' } = verification;
  const { icon: name, severity } = VERIFIED[state];
  const card = h('div', { class: `card ${severity}` }, h('p', {}, icon(name), verificationWords(verification)));
  if (failure !== '') {
    card.append(written('What fails', failure));
  }
  if (output !== '' && state === 'still failing') {
    card.append(h('details', {}, h('summary', {}, 'What it wrote'), written('What it wrote', output)));
  }
  return card;
}

function written(label: string, text: string): HTMLElement {
  return h('pre', { class: 'tool-output', tabindex: '0', role: 'group', 'aria-label': label }, text);
}
