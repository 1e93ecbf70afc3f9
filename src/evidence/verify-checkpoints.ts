import { join } from 'node:path';
import type { Digest, Files } from '../core/index.ts';
import { openCheckpoint, parseCheckpointText } from './checkpoint.ts';
import { rootDigest } from './commit.ts';
import type { LedgerLayout } from './layout.ts';
import { parseNote } from './note.ts';
import { keyFileName, parsePublicKey, policyText } from './public-files.ts';
import { decodeUtf8 } from './strict-decoding.ts';
import type { Problems } from './ledger-problems.ts';
import type { RecordCheck } from './verify-records.ts';

interface Claim {
  readonly size: number;
  /** Kept, for a writer may replace the newest checkpoint while we verify. */
  readonly bytes: Uint8Array;
}

/** Checks checkpoints, public keys and policy against what the records say. */
export class CheckpointCheck {
  readonly #layout: LedgerLayout;
  readonly #files: Files;
  readonly #problems: Problems;
  /** By name: the file and the size that it says, before anything of it is trusted. */
  readonly #claimed = new Map<string, Claim>();
  /** Of the newest checkpoint, as it says itself. */
  size = 0;
  origin: string | undefined;
  valid = 0;
  signedBy: readonly string[] = [];

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
        // Between the first commit and the first publication there is no checkpoint yet.
        if (bytes === undefined && names.length === 0) continue;
        this.#add(path, 'to be a checkpoint, got another form or no file');
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
  async check(records: RecordCheck, roots: ReadonlyMap<number, Digest>): Promise<void> {
    for (const [path, claim] of this.#claimed) this.#checkOne(path, claim, { records, roots });
    await this.#checkKeys(records);
  }

  #checkOne(
    path: string,
    { bytes, size }: Claim,
    world: { readonly records: RecordCheck; readonly roots: ReadonlyMap<number, Digest> },
  ): void {
    const known = world.records.keysAt('log', Math.max(0, size - 1));
    const checkpoint = openCheckpoint(bytes, known);
    if (checkpoint === undefined || checkpoint.origin !== world.records.origin) {
      this.#add(path, 'to be signed by the log key that the records enrol, and no other form');
    } else if (world.roots.get(size) === undefined) {
      this.#problems.add(
        'rollback',
        `Expected the ${size} records that ${this.#name(path)} says, got fewer`,
      );
    } else if (world.roots.get(size) === rootDigest(checkpoint.root)) {
      if (path !== this.#layout.checkpoint) this.valid += 1;
      else this.signedBy = checkpoint.signers.map(({ name, keyId }) => `${name}+${keyId}`);
    } else {
      this.#add(path, 'to have the root that the records give');
    }
  }

  /** The keys beside the ledger are for readers; those in its records count, and both must be the same. */
  async #checkKeys(records: RecordCheck): Promise<void> {
    const expected = new Map(
      records.enrolled().map(({ use, verifier }) => [keyFileName(verifier, use), verifier.vkey]),
    );
    for (const name of await this.#files.list(this.#layout.keys)) {
      if (name.endsWith('.tmp')) continue;
      const bytes = await this.#files.read(join(this.#layout.keys, name));
      const vkey = bytes === undefined ? undefined : parsePublicKey(bytes)?.vkey;
      if (vkey === undefined || expected.get(name) !== vkey) {
        this.#problems.add('key', `Expected keys/${name} to be a key that the records enrol`);
      }
      expected.delete(name);
    }
    for (const name of expected.keys()) {
      this.#problems.add('key', `Expected keys/${name}, found none`);
    }
    const policy = decodeUtf8((await this.#files.read(this.#layout.policy)) ?? new Uint8Array());
    const logKeys = records.enrolled().filter(({ use }) => use === 'log');
    if (!logKeys.some(({ verifier }) => policyText(verifier.vkey) === policy)) {
      this.#problems.add(
        'policy',
        'Expected the policy to name the log key that the records enrol',
      );
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
