import { dirname } from 'node:path';
import type { Files } from '../../src/core/index.ts';

type Node = { readonly kind: 'folder' } | { readonly kind: 'file'; readonly data: Uint8Array };
type Names = ReadonlyMap<string, Node>;

/** A change of names that is not on the disk before its folder is synced; all of it comes about, or nothing. */
interface Pending {
  readonly folder: string;
  readonly changes: readonly (readonly [string, Node | undefined])[];
}

/** The power is gone: no call after this one does anything. */
export class PowerCut extends Error {}

/**
 * A disk in memory that forgets what was not synced: a file's bytes are safe once `writeNew` has returned, a name only
 * once its folder was synced. What waits may come to the disk or not, each by itself and in any order, which is more than
 * any journal allows (the method of SQLite's crash tests and of ALICE).
 */
export class SimulatedDisk {
  #durable: Map<string, Node>;
  #now: Map<string, Node>;
  #pending: Pending[] = [];
  #calls = 0;
  readonly #cutAt: number;

  constructor(names: Names = new Map([['/', { kind: 'folder' }]]), cutAt = Infinity) {
    this.#durable = new Map(names);
    this.#now = new Map(names);
    this.#cutAt = cutAt;
  }

  /** Calls that change the disk, so far. */
  get calls(): number {
    return this.#calls;
  }
  /** What a process sees now. */
  get names(): Names {
    return this.#now;
  }

  files(): Files {
    return {
      read: async (path) => {
        this.#refuseWithoutPower();
        const node = this.#now.get(path);
        return node?.kind === 'file' ? Uint8Array.from(node.data) : undefined;
      },
      list: async (folder) => {
        this.#refuseWithoutPower();
        return [...this.#now.keys()]
          .filter((path) => path !== '/' && dirname(path) === folder)
          .map((path) => path.slice(folder === '/' ? 1 : folder.length + 1))
          .toSorted((a, b) => (a < b ? -1 : 1));
      },
      makeFolder: async (folder) => {
        for (const path of missingFolders(this.#now, folder)) {
          this.#change(dirname(path), [[path, { kind: 'folder' }]]);
        }
      },
      writeNew: async (path, data) => {
        if (this.#now.has(path)) throw failure('EEXIST');
        this.#needFolder(path);
        this.#change(dirname(path), [[path, { kind: 'file', data: Uint8Array.from(data) }]]);
      },
      link: async (from, to) => {
        const node = this.#now.get(from);
        if (node === undefined) throw failure('ENOENT');
        if (this.#now.has(to)) throw failure('EEXIST');
        this.#needFolder(to);
        this.#change(dirname(to), [[to, node]]);
      },
      rename: async (from, to) => {
        const node = this.#now.get(from);
        if (node === undefined) throw failure('ENOENT');
        this.#change(dirname(to), [
          [to, node],
          [from, undefined],
        ]);
      },
      remove: async (path) => {
        if (this.#now.has(path)) this.#change(dirname(path), [[path, undefined]]);
      },
      syncFolder: async (folder) => {
        this.#step();
        for (const one of this.#pending.filter((pending) => pending.folder === folder)) {
          apply(this.#durable, one);
        }
        this.#pending = this.#pending.filter((pending) => pending.folder !== folder);
      },
    };
  }

  /**
   * Lists what the disk may hold after the power came back: every choice of waiting changes when there are few; else none,
   * all, the newest left out alone and kept alone, and choices by chance. The file that was being written is also torn.
   */
  *statesAfterCut(chance: () => number, most: number): Generator<Names> {
    const waiting = this.#pending;
    const choices = choicesOf(waiting.length, chance, most);
    for (const choice of choices) {
      const names = new Map(this.#durable);
      for (const [index, pending] of waiting.entries()) {
        if (choice[index] === '1') apply(names, pending);
      }
      yield reachable(names);
    }
    const last = waiting.at(-1)?.changes[0];
    if (this.#tornWrite && last?.[1]?.kind === 'file') {
      for (const data of tornForms(last[1].data)) {
        const names = new Map(this.#durable);
        for (const pending of waiting) apply(names, pending);
        yield reachable(names.set(last[0], { kind: 'file', data }));
      }
    }
  }

  #tornWrite = false;

  #change(folder: string, changes: Pending['changes']): void {
    // At the cut the change is on its way: it may come to the disk or not.
    const pending = { folder, changes };
    this.#pending.push(pending);
    this.#tornWrite = changes[0]?.[1]?.kind === 'file' && changes.length === 1;
    this.#step();
    this.#tornWrite = false;
    apply(this.#now, pending);
  }

  #step(): void {
    this.#refuseWithoutPower();
    this.#calls += 1;
    this.#refuseWithoutPower();
  }

  #refuseWithoutPower(): void {
    if (this.#calls >= this.#cutAt) throw new PowerCut('the power is gone');
  }

  #needFolder(path: string): void {
    if (this.#now.get(dirname(path))?.kind !== 'folder') throw failure('ENOENT');
  }
}

/** Gives each choice as a text of `1` (kept) and `0` (lost), one for each waiting change. */
function choicesOf(count: number, chance: () => number, most: number): ReadonlySet<string> {
  const choices = new Set<string>();
  const choose = (keeps: (index: number) => boolean): void => {
    choices.add(Array.from({ length: count }, (_, index) => (keeps(index) ? '1' : '0')).join(''));
  };
  choose(() => true);
  choose(() => false);
  if (2 ** count <= most) {
    for (let bits = 0; bits < 2 ** count; bits += 1) choose((index) => (bits >> index) % 2 === 1);
    return choices;
  }
  const single = Math.min(count, most);
  for (let n = 0; n < single; n += 1) {
    const index = count - 1 - n;
    choose((other) => other !== index);
    choose((other) => other === index);
  }
  for (let n = 0; n < most; n += 1) choose(() => chance() < 0.5);
  return choices;
}

function apply(names: Map<string, Node>, { changes }: Pending): void {
  for (const [path, node] of changes) {
    if (node === undefined) names.delete(path);
    else names.set(path, node);
  }
}

/** A name in a folder that is not there is not there either. */
function reachable(names: Map<string, Node>): Names {
  const kept = new Map<string, Node>();
  for (const [path, node] of [...names].toSorted(([a], [b]) => a.length - b.length)) {
    if (path === '/' || kept.get(dirname(path))?.kind === 'folder') kept.set(path, node);
  }
  return kept;
}

function missingFolders(names: Names, folder: string): readonly string[] {
  if (names.has(folder)) return [];
  return [...missingFolders(names, dirname(folder)), folder];
}

function* tornForms(data: Uint8Array): Generator<Uint8Array> {
  yield new Uint8Array();
  yield data.slice(0, Math.floor(data.length / 2));
  // Sectors of 512 bytes come in any order: the first is still missing, or the last.
  const [first, last] = [Uint8Array.from(data), Uint8Array.from(data)];
  first.fill(0, 0, Math.min(512, data.length));
  yield first;
  yield last.fill(0, Math.max(0, data.length - 512));
}

const failure = (code: string): Error => Object.assign(new Error(code), { code });
