// Watches debug sessions: which program is stopped, and in which thread. Frames and variables are read only
// when they are asked for, from the adapter, while the program is still stopped.

import * as vscode from 'vscode';

import { CONTEXT } from '../names';
import { isCount, isOptional, isRecord, isString, isObject } from '../shape';
import type { Checker } from '../shape';
import {
  exceptionOf,
  isException,
  isOwn,
  isScopes,
  isStackTrace,
  isThreads,
  isTold,
  isVariables,
  sourceFile,
  type DebugFrame,
  type DebugState,
  type DebugVariable,
  type StackFrame,
  type Variable,
} from './state';

/** How uris are written on the wire. */
export interface UriWriter {
  asUri(uri: vscode.Uri): string;
}

interface Stop {
  threadId: number | undefined;
  reason: string | undefined;
}

const MOST_FRAMES = 20;
/** Frames of which the variables are told. */
const WITH_VARIABLES = 5;
const MOST_VARIABLES = 50;
const MOST_CHILDREN = 20;
const DEPTH = 2;

const isStopped = isObject({ threadId: isOptional(isCount), reason: isOptional(isString) });

export class DebugTracker implements vscode.Disposable {
  readonly #stops = new Map<string, Stop>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  /** A program has stopped, or goes on. */
  readonly onChanged = this.#changed.event;

  constructor() {
    this.#subscriptions = [
      vscode.debug.registerDebugAdapterTrackerFactory('*', {
        createDebugAdapterTracker: (session) => ({
          onDidSendMessage: (message: unknown) => {
            this.#heard(session.id, message);
          },
          onExit: () => {
            this.#goesOn(session.id);
          },
        }),
      }),
      vscode.debug.onDidTerminateDebugSession(({ id }) => {
        this.#goesOn(id);
      }),
      vscode.debug.onDidChangeActiveDebugSession(() => {
        this.#tell();
      }),
    ];
  }

  get isStopped(): boolean {
    const session = vscode.debug.activeDebugSession;
    return session !== undefined && this.#stops.has(session.id);
  }

  #heard(id: string, message: unknown): void {
    if (!isRecord(message) || message['type'] !== 'event') {
      return;
    }
    switch (message['event']) {
      case 'stopped':
        if (isStopped(message['body'])) {
          const { threadId, reason } = message['body'];
          this.#stops.set(id, { threadId, reason });
          this.#tell();
        }
        break;
      case 'continued':
      case 'terminated':
      case 'exited':
        this.#goesOn(id);
        break;
      default:
        break; // output, modules and the like
    }
  }

  #goesOn(id: string): void {
    if (this.#stops.delete(id)) {
      this.#tell();
    }
  }

  #tell(): void {
    void vscode.commands.executeCommand('setContext', CONTEXT.stopped, this.isStopped);
    this.#changed.fire();
  }

  /** The active session's stopped program, or undefined if there is none. */
  async state(uris: UriWriter): Promise<DebugState | undefined> {
    const session = vscode.debug.activeDebugSession;
    const stop = session && this.#stops.get(session.id);
    if (session === undefined || stop === undefined) {
      return undefined;
    }
    const threads = (await ask(session, 'threads', {}, isThreads))?.threads ?? [];
    const threadId = stop.threadId ?? threads[0]?.id;
    const trace = await ask(session, 'stackTrace', { threadId, startFrame: 0, levels: MOST_FRAMES }, isStackTrace);
    const exception = stop.reason === 'exception' ? await ask(session, 'exceptionInfo', { threadId }, isException) : undefined;
    const frames = (trace?.stackFrames ?? []).slice(0, MOST_FRAMES);
    return {
      ...(stop.reason !== undefined && { reason: stop.reason }),
      ...(exception && { exception: exceptionOf(exception) }),
      ...(threads.length > 0 && { threads }),
      frames: await Promise.all(frames.map((frame, number) => frameOf(session, frame, number < WITH_VARIABLES, uris))),
    };
  }

  dispose(): void {
    this.#subscriptions.forEach((subscription) => {
      subscription.dispose();
    });
    this.#changed.dispose();
  }
}

async function frameOf(session: vscode.DebugSession, frame: StackFrame, isDetailed: boolean, uris: UriWriter): Promise<DebugFrame> {
  const path = sourceFile(frame.source?.path);
  return {
    name: frame.name,
    line: frame.line,
    ...(path !== undefined && { uri: uris.asUri(vscode.Uri.file(path)) }),
    ...(frame.column !== undefined && { column: frame.column }),
    variables: isDetailed ? await variablesOf(session, frame.id) : [],
  };
}

async function variablesOf(session: vscode.DebugSession, frameId: number): Promise<DebugVariable[]> {
  const answer = await ask(session, 'scopes', { frameId }, isScopes);
  const scopes = (answer?.scopes ?? []).filter(isTold);
  const variables = await Promise.all(scopes.map((scope) => children(session, scope.variablesReference, MOST_VARIABLES, DEPTH)));
  return variables.flat();
}

async function children(session: vscode.DebugSession, reference: number, most: number, depth: number): Promise<DebugVariable[]> {
  if (reference === 0 || depth === 0) {
    return [];
  }
  const answer = await ask(session, 'variables', { variablesReference: reference }, isVariables);
  const own = (answer?.variables ?? []).filter(isOwn).slice(0, most);
  return Promise.all(own.map((variable) => variableOf(session, variable, depth - 1)));
}

async function variableOf(session: vscode.DebugSession, variable: Variable, depth: number): Promise<DebugVariable> {
  const { name, value, type, variablesReference = 0 } = variable;
  const variables = await children(session, variablesReference, MOST_CHILDREN, depth);
  return { name, value, ...(type !== undefined && type !== '' && { type }), ...(variables.length > 0 && { variables }) };
}

/** An adapter's answer, or undefined where it has none: not every adapter knows every request. */
async function ask<T>(session: vscode.DebugSession, command: string, args: object, check: Checker<T>): Promise<T | undefined> {
  try {
    const answer: unknown = await session.customRequest(command, args);
    return check(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}
