import { expect, it } from 'vitest';

import { panelHtml } from '../../src/panel/html';
import { fromPanel, toPanel } from '../../src/panel/wire';

it.each([
  { type: 'ready' },
  { type: 'send', text: 'Hi', attachments: [{ uri: 'file:///a', name: 'a', startLine: 0, endLine: 2 }] },
  { type: 'choose', id: 3, optionId: 'no', message: 'Not now' },
  { type: 'reply', id: 3, answers: { 'Which?': 'This' } },
  { type: 'openLocation', uri: 'file:///a', line: undefined },
  { type: 'run', action: 'review' },
])('$type is taken from the page', (message) => {
  expect(fromPanel(message)).toBe(message);
});

it.each([
  undefined,
  'ready',
  { type: 'unheard of' },
  { type: 'toString' },
  { type: 'send', text: 'Hi' },
  { type: 'send', text: 'Hi', attachments: [{ uri: 'file:///a', name: 'a', startLine: -1, endLine: 2 }] },
  { type: 'choose', id: '1', optionId: 'yes' },
  { type: 'reply', id: 1, answers: { 'Which?': 1 } },
  { type: 'run', action: 'workbench.action.quit' },
])('%o is not', (message) => {
  expect(fromPanel(message)).toBeUndefined();
});

it('knows the extension’s messages by their type', () => {
  expect(toPanel({ type: 'loading' })).toEqual({ type: 'loading' });
  expect(toPanel({ type: 'ready' })).toBeUndefined();
  expect(toPanel(null)).toBeUndefined();
});

it('allows the page its own script and style, and nothing else', () => {
  const html = panelHtml({ cspSource: 'https://own', script: 'https://own/panel.js', style: 'https://own/panel.css', nonce: 'N0' });
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1];
  expect(policy).toBe(
    "default-src 'none'; script-src 'nonce-N0'; style-src https://own; font-src https://own; base-uri 'none'; form-action 'none'",
  );
  expect(html).not.toMatch(/<script(?![^>]*nonce="N0")|<style| on\w+=/);
});
