// The session that a place's conversation goes on in.

import type { History, Session } from '../protocol';
import type { Server } from '../server';
import type { Place } from './place';

export async function currentSession(server: Server, uri: Place): Promise<Session | undefined> {
  const { sessions } = await server.execute('sessionList', { uri, limit: 200 });
  return sessions.find((session) => session.current);
}

export async function currentHistory(server: Server, uri: Place): Promise<History | undefined> {
  const current = await currentSession(server, uri);
  return current && server.execute('sessionHistory', { sessionId: current.sessionId });
}
