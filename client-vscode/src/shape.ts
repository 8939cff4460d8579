// Checks what comes from another process before it is believed: small checkers that compose.

export type Checker<T> = (value: unknown) => value is T;
export type Checked<C> = C extends Checker<infer T> ? T : never;

export const isString: Checker<string> = (value) => typeof value === 'string';
export const isCount: Checker<number> = (value): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

export function isOneOf<const T extends string>(...words: T[]): Checker<T> {
  return (value): value is T => (words as unknown[]).includes(value);
}

export function isListOf<T>(item: Checker<T>): Checker<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every((each) => item(each));
}

export function isMapOf<T>(item: Checker<T>): Checker<Record<string, T>> {
  return (value): value is Record<string, T> => isRecord(value) && Object.values(value).every((each) => item(each));
}

export function isOptional<T>(item: Checker<T>): Checker<T | undefined> {
  return (value): value is T | undefined => value === undefined || item(value);
}

type Shape<S extends Record<string, Checker<unknown>>> = { [K in keyof S]: Checked<S[K]> };

/** An object with these fields; what else it has is not looked at. */
export function isObject<S extends Record<string, Checker<unknown>>>(fields: S): Checker<Shape<S>> {
  return (value): value is Shape<S> =>
    isRecord(value) && Object.entries(fields).every(([name, check]) => check(value[name]));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
