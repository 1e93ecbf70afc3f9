import { join } from 'node:path';
import type { Digest, Files } from '../core/index.ts';
import { type OpenCheckpoint, openCheckpoint, parseCheckpointText } from './checkpoint.ts';
import { rootDigest } from './commit.ts';
import type { KeyChange, KeyRing } from './key-ring.ts';
import type { LedgerLayout } from './layout.ts';
import type { Problems } from './ledger-problems.ts';
import { type NoteVerifier, parseNote } from './note.ts';
import { parsePublicKey } from './public-files.ts';
import { decodeUtf8 } from './strict-decoding.ts';
import { parseTrustPolicy, type TrustPolicy } from './trust-policy.ts';
import { bytesAt } from './bytes-at.ts';

/** What a verifier brings along: nothing of it comes from the ledger's folder. */
export interface Trust {
  /** A C2SP tlog-policy: the log keys that count, and the quorum that the checkpoint must have. */
  readonly policy?: Uint8Array;
  /** Checkpoints of this ledger seen elsewhere or before, each with a name for messages. */
  readonly trusted?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** The size whose checkpoint must hold; default the newest. */
  readonly at?: number;
}

/** Judges a ledger by what the verifier brought along, and its changes of keys by their reviewers. */
export class TrustCheck {
  readonly #trust: Trust;
  readonly #problems: Problems;
  readonly #policy: TrustPolicy | undefined;

  constructor(trust: Trust, problems: Problems) {
    this.#trust = trust;
    this.#problems = problems;
    this.#policy = trust.policy === undefined ? undefined : parseTrustPolicy(trust.policy);
    if (trust.policy !== undefined && this.#policy === undefined) {
      problems.add('policy', 'Expected the given policy to be a tlog-policy, got another form');
    }
  }

  /** Lists the sizes whose roots are needed. */
  sizes(): readonly number[] {
    return (this.#trust.trusted ?? []).flatMap(({ bytes }) => sizeOf(bytes) ?? []);
  }

  check(
    world: { readonly ring: KeyRing; readonly valid: readonly OpenCheckpoint[] },
    newest: OpenCheckpoint | undefined,
    roots: ReadonlyMap<number, Digest>,
  ): void {
    const { at } = this.#trust;
    const chosen = at === undefined ? newest : world.valid.find(({ size }) => size === at);
    if (at !== undefined && chosen === undefined) {
      this.#problems.add(
        'missing',
        `Expected a checkpoint of ${at} records that holds, found none`,
      );
    }
    if (this.#policy !== undefined) this.#judge(this.#policy, chosen, world.valid);
    for (const { name, bytes } of this.#trust.trusted ?? []) {
      this.#compare(name, bytes, { logs: world.ring.ever('log'), roots });
    }
    for (const change of world.ring.changes) this.#checkChange(change, world.valid);
  }

  #judge(
    policy: TrustPolicy,
    chosen: OpenCheckpoint | undefined,
    valid: readonly OpenCheckpoint[],
  ): void {
    const isOfLog = chosen?.signers.some(({ vkey }) => policy.logs.some((k) => k.vkey === vkey));
    if (chosen === undefined || isOfLog !== true) {
      this.#problems.add('policy', 'Expected a checkpoint signed by a log of the given policy');
      return;
    }
    const same = valid.filter(({ text }) => text === chosen.text);
    const known = new Set(policy.witnesses.map(({ vkey }) => vkey));
    const by = same
      .flatMap(({ cosigners }) => cosigners.map(({ vkey }) => vkey))
      .filter((vkey) => known.has(vkey));
    if (policy.isQuorum(new Set(by))) return;
    this.#problems.add(
      'quorum',
      `Expected the checkpoint of ${chosen.size} records to be cosigned as the given policy asks, got ${new Set(by).size} of its witnesses`,
    );
  }

  #compare(
    name: string,
    bytes: Uint8Array,
    world: { readonly logs: readonly NoteVerifier[]; readonly roots: ReadonlyMap<number, Digest> },
  ): void {
    const logs = [...world.logs, ...(this.#policy?.logs ?? [])];
    const trusted = openCheckpoint(bytes, logs);
    if (trusted === undefined) {
      this.#problems.add('checkpoint', `Expected ${name} to be a checkpoint of this ledger`);
      return;
    }
    const root = world.roots.get(trusted.size);
    if (root === undefined) {
      this.#problems.add(
        'rollback',
        `Expected the ${trusted.size} records that ${name} says, got fewer`,
      );
    } else if (root !== rootDigest(trusted.root)) {
      this.#problems.add(
        'consistency',
        `Expected the first ${trusted.size} records to be those of ${name}, got another history`,
      );
    }
  }

  #checkChange({ index, needed, reviewers }: KeyChange, valid: readonly OpenCheckpoint[]): void {
    const counted = new Set(reviewers.map(({ vkey }) => vkey));
    const most = valid
      .filter(({ size }) => size > index)
      .map((one) => one.cosigners.filter(({ vkey }) => counted.has(vkey)).length);
    const got = Math.max(0, ...most);
    if (got >= needed) return;
    this.#problems.add(
      'quorum',
      `Expected the change of keys in record ${index} to be cosigned by ${needed} of the reviewers before it, got ${got}`,
      index,
    );
  }
}

/** Compares the public keys and the policy beside the ledger, which are for readers, with what its records say. */
export async function checkPublicFiles(
  layout: LedgerLayout,
  ring: KeyRing,
  world: { readonly files: Files; readonly problems: Problems },
): Promise<void> {
  const { files, problems } = world;
  const expected = new Map(ring.files());
  for (const name of await files.list(layout.keys)) {
    if (name.endsWith('.tmp')) continue;
    const bytes = await files.read(join(layout.keys, name));
    const vkey = bytes === undefined ? undefined : parsePublicKey(bytes)?.vkey;
    if (vkey === undefined || expected.get(name) !== vkey) {
      problems.add('key', `Expected keys/${name} to be a key that the records enrol`);
    }
    expected.delete(name);
  }
  for (const name of expected.keys()) problems.add('key', `Expected keys/${name}, found none`);
  const policy = decodeUtf8(await bytesAt(layout.policy, files));
  if (policy !== ring.policyText()) {
    problems.add('policy', 'Expected the policy to be that of the keys that the records enrol');
  }
}

function sizeOf(bytes: Uint8Array): number | undefined {
  const note = parseNote(bytes);
  const text = note === undefined ? undefined : parseCheckpointText(note.text);
  return text === undefined ? undefined : Number(text.size);
}
