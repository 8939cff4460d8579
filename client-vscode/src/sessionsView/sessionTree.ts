// Sessions as a tree: by workspace, where there are several, and by file; the last used come first.

import type { Session } from '../protocol';

export interface PlaceNode {
  kind: 'workspace' | 'file';
  /** The workspace's URI. */
  workspace: string;
  /** Relative to the workspace; absent for a workspace, and for what is about the workspace itself. */
  file?: string;
  children: SessionNode[];
}

export interface SessionNode {
  kind: 'session';
  session: Session;
}

export type Node = PlaceNode | (Omit<PlaceNode, 'children'> & { children: PlaceNode[] }) | SessionNode;

/** @param sessions the last used first, as the server lists them. */
export function sessionTree(sessions: readonly Session[]): Node[] {
  const workspaces = [...new Set(sessions.map(({ workspace }) => workspace))];
  if (workspaces.length <= 1) {
    return places(sessions);
  }
  return workspaces.map((workspace) => {
    const children = places(sessions.filter((session) => session.workspace === workspace));
    return { kind: 'workspace', workspace, children };
  });
}

function places(sessions: readonly Session[]): PlaceNode[] {
  const nodes = new Map<string | undefined, PlaceNode>();
  for (const session of sessions) {
    const { workspace, file } = session;
    const node = nodes.get(file) ?? { kind: 'file', workspace, ...(file !== undefined && { file }), children: [] };
    nodes.set(file, node);
    node.children.push({ kind: 'session', session });
  }
  return [...nodes.values()];
}
