import { expect, it } from 'vitest';

import { grouped } from '../../../src/findings/grouping';
import { KnownFindings } from '../../../src/findings/known';
import { findingLabel, findingMarkdown } from '../../../src/findings/wording';
import type { Finding } from '../../../src/protocol';
import { finding } from '../build';

function at(id: string, uri: string, line: number, fields: Partial<Finding> = {}): Finding {
  const place = { line, character: 0 };
  return finding({ id, uri, range: { start: place, end: place }, ...fields });
}

const ALL = [
  at('late', 'file:///b.py', 9, { severity: 'hint' }),
  at('early', 'file:///b.py', 2, { severity: 'error' }),
  at('other', 'file:///a.py', 5, { severity: 'error' }),
  at('settled', 'file:///a.py', 1, { state: 'dismissed' }),
  at('gone', 'file:///a.py', 1, { state: 'fixed' }),
];

it.each([
  ['severity', [['Errors', 'other', 'early'], ['Hints', 'late'], ['Dismissed', 'settled']]],
  ['file', [['file:///a.py', 'other'], ['file:///b.py', 'early', 'late'], ['Dismissed', 'settled']]],
] as const)('are listed by %s, in the order of their places, dismissed ones apart', (grouping, expected) => {
  const groups = grouped(ALL, grouping).map(({ name, findings }) => [name, ...findings.map(({ id }) => id)]);
  expect(groups).toEqual(expected);
});

it('tells which files have others, also the one that a finding has left', () => {
  const known = new KnownFindings();
  known.replace(ALL);
  const told: string[][] = [];
  known.onChange((uris) => told.push([...uris].sort()));
  known.put(at('early', 'file:///c.py', 2));
  known.replace([], 'file:///b.py');
  known.replace([]);
  expect(told).toEqual([
    ['file:///b.py', 'file:///c.py'],
    ['file:///b.py'],
    ['file:///a.py', 'file:///c.py'],
  ]);
  expect(known.all).toEqual([]);
});

it('shows only open ones on the code', () => {
  const known = new KnownFindings();
  known.replace(ALL);
  expect(known.open('file:///a.py').map(({ id }) => id)).toEqual(['other']);
});

it('is told in full, and nothing in it can load, run or break out', () => {
  const text = findingMarkdown(
    finding({
      title: 'Bad <script>',
      message: 'See ![x](https://evil.example/x.png)',
      failureScenario: 'mean([])',
      quote: 'a = """\n```\n"""',
      suggestion: { newText: '' },
    }),
  );
  expect(text).not.toContain('<script');
  expect(text).not.toContain('![x]');
  expect(text).toContain('**Fails when:** mean([])');
  expect(text).toContain('````diff\n-a = """\n-```\n-"""\n````');
  expect(findingLabel(finding({ verdict: 'confirmed' }))).toBe('Claude · warning · bug · confirmed');
});
