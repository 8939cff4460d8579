import { expect, it } from 'vitest';

import { sessionTree, type Node } from '../../../src/sessionsView/sessionTree';
import { session } from '../build';

/** A tree as indented lines. */
function drawn(nodes: readonly Node[], indent = ''): string[] {
  return nodes.flatMap((node) =>
    node.kind === 'session'
      ? [`${indent}${node.session.title}`]
      : [`${indent}${node.kind}: ${node.file ?? node.workspace}`, ...drawn(node.children, `${indent}  `)],
  );
}

const workspaceItself = session({ title: 'Layout?', workspace: 'file:///a' });
delete workspaceItself.file;

it('groups by file, the last used first', () => {
  const sessions = [
    session({ title: 'New', workspace: 'file:///a', file: 'src/two.py' }),
    workspaceItself,
    session({ title: 'Other', workspace: 'file:///a', file: 'one.py' }),
    session({ title: 'Old', workspace: 'file:///a', file: 'src/two.py' }),
  ];
  expect(drawn(sessionTree(sessions))).toEqual([
    'file: src/two.py',
    '  New',
    '  Old',
    'file: file:///a',
    '  Layout?',
    'file: one.py',
    '  Other',
  ]);
});

it('groups by workspace where there are several', () => {
  const sessions = [
    session({ title: 'B', workspace: 'file:///b', file: 'x.py' }),
    session({ title: 'A', workspace: 'file:///a', file: 'x.py' }),
  ];
  expect(drawn(sessionTree(sessions))).toEqual([
    'workspace: file:///b',
    '  file: x.py',
    '    B',
    'workspace: file:///a',
    '  file: x.py',
    '    A',
  ]);
});

it('is empty where there is nothing', () => {
  expect(sessionTree([])).toEqual([]);
});
