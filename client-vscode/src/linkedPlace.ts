// What a link of a reply points at in the workspace: paths as people, compilers and GitHub write them.

export interface LinkedPlace {
  /** With slashes, unless it is absolute: then as its system writes it. */
  path: string;
  isAbsolute: boolean;
  /** Both count from 0. */
  line?: number;
  column?: number;
}

/** `app.py:12:5`, `app.py#L12-L20`, `app.py#L12C5`, `app.ts(12,5)`; what follows the place is not looked at. */
const PLACE = /^(.*?)(?:(?:#L?|:L?)(\d+)(?:[C:](\d+))?(?:[-:].*)?|\((\d+)(?:,\s*(\d+))?\):?)?$/s;
const ABSOLUTE = /^(?:\/|\\\\|[A-Za-z]:[\\/])/;

/** @param href as it stands in the link, perhaps with `%20` and the like. @returns undefined where there is no path in it. */
export function linkedPlace(href: string): LinkedPlace | undefined {
  const text = decoded(href).replace(/^file:\/\/(?=\/)/i, '');
  const [, path = '', ...numbers] = PLACE.exec(text) ?? [];
  if (path === '') {
    return undefined;
  }
  const isAbsolute = ABSOLUTE.test(path);
  const [line, column] = [numbers[0] ?? numbers[2], numbers[1] ?? numbers[3]].map(fromZero);
  return {
    path: isAbsolute ? path : path.replaceAll('\\', '/'),
    isAbsolute,
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  };
}

/** A name may have a `%` that encodes nothing. */
function decoded(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}

function fromZero(number: string | undefined): number | undefined {
  return number === undefined ? undefined : Math.max(0, Number(number) - 1);
}
