// @vitest-environment jsdom
import { beforeEach, expect, it, vi } from 'vitest';

import type { Ask } from '../../src/asks';
import { AsksView } from '../../webview/asks';
import { Host } from '../../webview/host';

let view: AsksView;

beforeEach(() => {
  vi.stubGlobal('acquireVsCodeApi', () => ({ postMessage: vi.fn(), getState: () => undefined, setState: vi.fn() }));
  view = new AsksView(new Host());
});

function permission(id: number, number: number, fields: { sessionId?: string; askedBefore?: true } = {}): Ask {
  const options = [{ optionId: 'no', name: 'Refuse', kind: 'reject_once' as const }];
  const request = { sessionId: 's', turnId: 't', number, pending: 1, toolCallId: 'c', title: 'Run', toolKind: 'execute', rawInput: {}, options, ...fields };
  return { id, type: 'permission', request };
}

function standings(): string[] {
  return [...view.element.querySelectorAll<HTMLElement>('.standing')].map(({ hidden, textContent }) => (hidden ? '' : textContent));
}

it('numbers requests as long as several of a session wait', () => {
  view.update([permission(1, 1)]);
  expect(standings()).toEqual(['']);
  view.update([permission(1, 1), permission(2, 2), permission(3, 1, { sessionId: 'another' })]);
  expect(standings()).toEqual(['Request 1: 2 wait for an answer.', 'Request 2: 2 wait for an answer.', '']);
  view.update([permission(2, 2)]);
  expect(standings()).toEqual(['']);
});

it('says of a request that it is asked again', () => {
  view.update([permission(1, 1, { askedBefore: true })]);
  expect(standings()).toEqual(['Asked again: it was open when the server ended.']);
});
