// A stopped program as the server takes it, made of what a debug adapter answers.

import { isCount, isListOf, isObject, isOptional, isString, type Checked } from '../shape';

export interface DebugVariable {
  name: string;
  value: string;
  type?: string;
  variables?: DebugVariable[];
}

export interface DebugFrame {
  name: string;
  uri?: string;
  /** Counted from 1. */
  line: number;
  column?: number;
  variables: DebugVariable[];
}

export interface DebugState {
  reason?: string;
  exception?: { type: string; message: string };
  threads?: { id: number; name: string }[];
  frames: DebugFrame[];
}

/** The parts of the Debug Adapter Protocol's answers that are used. */
export const isStackTrace = isObject({
  stackFrames: isListOf(
    isObject({
      id: isCount,
      name: isString,
      line: isCount,
      column: isOptional(isCount),
      source: isOptional(isObject({ path: isOptional(isString) })),
    }),
  ),
});
export const isScopes = isObject({
  scopes: isListOf(isObject({ name: isString, variablesReference: isCount, presentationHint: isOptional(isString) })),
});
export const isVariables = isObject({
  variables: isListOf(
    isObject({ name: isString, value: isString, type: isOptional(isString), variablesReference: isOptional(isCount) }),
  ),
});
export const isThreads = isObject({ threads: isListOf(isObject({ id: isCount, name: isString })) });
export const isException = isObject({
  exceptionId: isString,
  description: isOptional(isString),
  details: isOptional(isObject({ message: isOptional(isString), typeName: isOptional(isString) })),
});

export type StackFrame = Checked<typeof isStackTrace>['stackFrames'][number];
export type Variable = Checked<typeof isVariables>['variables'][number];
export type Exception = Checked<typeof isException>;

/**
 * The file that a frame is in, or undefined for what is in none, such as a runtime's own modules.
 *
 * @param path what the adapter says: a path, or a URI, whose authority is the machine that we run on.
 */
export function sourceFile(path: string | undefined): string | undefined {
  if (path === undefined) {
    return undefined;
  }
  const [, encoded] = /^(?:file|vscode-remote):\/\/[^/]*(\/.*)$/.exec(path) ?? [];
  const file = encoded === undefined ? path : decodeURIComponent(encoded);
  return /^(?:\/|[A-Za-z]:[\\/])/.test(file) ? file : undefined;
}

/** Which scopes are worth telling: what is local, not the whole world of globals. */
export function isTold(scope: { name: string; presentationHint?: string | undefined }): boolean {
  return scope.presentationHint === undefined
    ? !/global|register|static/i.test(scope.name)
    : ['locals', 'arguments', 'returnValue'].includes(scope.presentationHint);
}

/** What a debugger shows besides the program's own variables. */
export function isOwn({ name }: { name: string }): boolean {
  return !/^(?:special|function|class) variables$|^__\w+__$/.test(name);
}

export function exceptionOf({ exceptionId, description, details }: Exception): { type: string; message: string } {
  return { type: details?.typeName ?? exceptionId, message: details?.message ?? description ?? '' };
}

/** A short name for the user of what a program stopped at. */
export function stoppedAt(state: DebugState): string {
  const [frame] = state.frames;
  const what = state.exception?.type ?? state.reason ?? 'stopped';
  return frame === undefined ? what : `${what} in ${frame.name}, line ${frame.line}`;
}
