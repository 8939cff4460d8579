// The findings of the folders that are open, as the server has last told of them.

import type { Finding } from '../protocol';

type Listener = (uris: ReadonlySet<string>) => void;

export class KnownFindings {
  readonly #byId = new Map<string, Finding>();
  readonly #listeners = new Set<Listener>();

  /** @param listener is given the URIs of the files whose findings are others now. */
  onChange(listener: Listener): { dispose: () => void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  get(id: string): Finding | undefined {
    return this.#byId.get(id);
  }

  get all(): Finding[] {
    return [...this.#byId.values()];
  }

  /** Those that are to be seen in a file. */
  open(uri: string): Finding[] {
    return this.all.filter((finding) => finding.uri === uri && finding.state === 'open');
  }

  /** One that has just been reported or decided about. */
  put(finding: Finding): void {
    const before = this.#byId.get(finding.id);
    this.#byId.set(finding.id, finding);
    this.#tell(new Set([finding.uri, ...(before === undefined ? [] : [before.uri])]));
  }

  /** All there are in a file, or in all files. */
  replace(findings: readonly Finding[], uri?: string): void {
    const changed = new Set<string>(findings.map((finding) => finding.uri));
    for (const finding of this.all) {
      if (uri === undefined || finding.uri === uri) {
        this.#byId.delete(finding.id);
        changed.add(finding.uri);
      }
    }
    findings.forEach((finding) => this.#byId.set(finding.id, finding));
    this.#tell(changed);
  }

  #tell(uris: ReadonlySet<string>): void {
    this.#listeners.forEach((listener) => {
      listener(uris);
    });
  }
}
