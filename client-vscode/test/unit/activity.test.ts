import { expect, it } from 'vitest';

import { Activity } from '../../src/activity';
import { ended, started, update } from './build';

function running(): Activity {
  const activity = new Activity();
  activity.serverIs('running');
  return activity;
}

it('shows nothing but its name at rest', () => {
  expect(running().status).toMatchObject({ text: '$(comment-discussion) Claude', warning: false });
});

it('turns while any turn runs', () => {
  const activity = running();
  activity.apply(started('One?', 'a'));
  activity.apply(started('Two?', 'b'));
  activity.apply(ended({}, 'a'));
  expect(activity.status.text).toContain('$(sync~spin)');
  activity.apply(ended({}, 'b'));
  expect(activity.status.text).not.toContain('$(sync~spin)');
});

it('adds up what turns cost, each once', () => {
  const activity = running();
  const usage = (turnUsd: number) => update({ kind: 'usage_update', cost: { turnUsd }, context: { usedTokens: 0, maxTokens: 0 } });
  activity.apply(usage(0.2));
  activity.apply(usage(0.5));
  activity.apply(ended({ cost: { turnUsd: 1, sessionUsd: 9 } }));
  activity.apply(ended({ cost: { turnUsd: 2, sessionUsd: 9 } }, 'other'));
  expect(activity.status.text).toContain('$3.00');
});

it('tells what was spent today, by other windows too, and nothing twice', () => {
  const activity = running();
  activity.apply(ended({ cost: { turnUsd: 1, sessionUsd: 9 } }, 'a'));
  const told = activity.ended;
  activity.apply(ended({ cost: { turnUsd: 2, sessionUsd: 9 } }, 'b'));
  activity.spentToday(5, told);
  expect(activity.status.text).toContain('$7.00');
  expect(activity.status.tooltip).toContain('$7.00 today');
});

it('asks for attention while a question is open, even while turns run', () => {
  const activity = running();
  activity.apply(started('One?'));
  activity.asking = 1;
  expect(activity.status).toMatchObject({ text: '$(bell-dot) Claude asks', warning: true });
  activity.asking = 0;
  expect(activity.status.text).toContain('$(sync~spin)');
});

it('says so when the server is gone, and has forgotten its turns when it is back', () => {
  const activity = running();
  activity.apply(started('One?'));
  activity.serverIs('stopped');
  expect(activity.status.warning).toBe(true);
  activity.serverIs('running');
  expect(activity.status.text).toBe('$(comment-discussion) Claude');
});
