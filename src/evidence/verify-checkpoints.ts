import { join } from 'node:path';
import type { Digest, Files } from '../core/index.ts';
import { type OpenCheckpoint, openCheckpoint, parseCheckpointText } from './checkpoint.ts';
import { rootDigest } from './commit.ts';
import type { LedgerLayout } from './layout.ts';
import { parseNote } from './note.ts';
import type { Problems } from './ledger-problems.ts';
import type { RecordCheck } from './verify-records.ts';

interface Claim {
  readonly size: number;
  /** Kept, for a writer may replace the newest checkpoint while we verify. */
  readonly bytes: Uint8Array;
}

/** Checks checkpoints against what the records say. */
export class CheckpointCheck {
  readonly #layout: LedgerLayout;
  readonly #files: Files;
  readonly #problems: Problems;
  /** By name: the file and the size that it says, before anything of it is trusted. */
  readonly #claimed = new Map<string, Claim>();
  /** Of the newest checkpoint, as it says itself. */
  size = 0;
  origin: string | undefined;
  /** Those that hold, of `checkpoint.d` and the newest one, in order of their sizes. */
  readonly valid: OpenCheckpoint[] = [];
  /** How many of them stand in `checkpoint.d`. */
  count = 0;
  newest: OpenCheckpoint | undefined;

  constructor(layout: LedgerLayout, files: Files, problems: Problems) {
    this.#layout = layout;
    this.#files = files;
    this.#problems = problems;
  }

  /** Reads which sizes are claimed, so that one pass over the records can tell their roots. */
  async load(): Promise<void> {
    const names = (await this.#files.list(this.#layout.checkpoints)).filter(
      (name) => !name.endsWith('.tmp'),
    );
    for (const path of [this.#layout.checkpoint, ...names.map((n) => this.#dated(n))]) {
      const bytes = await this.#files.read(path);
      const note = bytes === undefined ? undefined : parseNote(bytes);
      const text = note === undefined ? undefined : parseCheckpointText(note.text);
      if (bytes === undefined || text === undefined) {
        if (bytes === undefined && names.length === 0) {
          this.#problems.add(
            'missing',
            'Expected a signed checkpoint, found none: nobody has vouched for these records yet. The next command that has the key writes one',
          );
        } else this.#add(path, 'to be a checkpoint, got another form or no file');
        continue;
      }
      const size = Number(text.size);
      this.#claimed.set(path, { size, bytes });
      if (path === this.#layout.checkpoint) {
        this.size = size;
        this.origin = text.origin;
      } else if (path !== this.#dated(String(size))) {
        this.#add(path, `to be named after its size ${size}`);
      }
    }
    const isDated = this.#claimed.has(this.#dated(String(this.size)));
    if (this.size > 0 && !isDated) this.#add(this.#dated(String(this.size)), 'to stand');
  }

  sizes(): Iterable<number> {
    return [...this.#claimed.values()].map(({ size }) => size);
  }

  /** @param roots the tree's root at each claimed size that it reached. */
  check(records: RecordCheck, roots: ReadonlyMap<number, Digest>): void {
    for (const [path, claim] of this.#claimed) this.#checkOne(path, claim, { records, roots });
    this.valid.sort((left, right) => left.size - right.size);
  }

  #checkOne(
    path: string,
    { bytes, size }: Claim,
    world: { readonly records: RecordCheck; readonly roots: ReadonlyMap<number, Digest> },
  ): void {
    const { ring, origin } = world.records;
    const known = ring.at('log', Math.max(0, size - 1));
    const checkpoint = openCheckpoint(bytes, known, ring.ever('reviewer'));
    if (checkpoint === undefined || checkpoint.origin !== origin) {
      this.#add(path, 'to be signed by the log key that the records enrol, and no other form');
    } else if (checkpoint.strange > 0) {
      this.#add(path, 'to have one signature of each key that the records enrol, and no others');
    } else if (world.roots.get(size) === undefined) {
      this.#problems.add(
        'rollback',
        `Expected the ${size} records that ${this.#name(path)} says, got fewer`,
      );
    } else if (world.roots.get(size) === rootDigest(checkpoint.root)) {
      this.valid.push(checkpoint);
      if (path === this.#layout.checkpoint) this.newest = checkpoint;
      else this.count += 1;
    } else {
      this.#add(path, 'to have the root that the records give');
    }
  }

  #dated(name: string): string {
    return join(this.#layout.checkpoints, name);
  }

  #name(path: string): string {
    return path.slice(this.#layout.folder.length + 1);
  }

  #add(path: string, expectation: string): void {
    this.#problems.add('checkpoint', `Expected ${this.#name(path)} ${expectation}`);
  }
}
