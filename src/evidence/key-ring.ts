import { parseCosignerKey } from './cosignature.ts';
import { type NoteVerifier, parseVerifierKey } from './note.ts';
import { isSameKey } from './note-keys.ts';
import type { RecordBody, RecordOf } from './records/registry.ts';
import { trustPolicyText } from './trust-policy.ts';

/** The genesis and the first two keys, in the first commit, vouch for themselves. */
export const SELF_SIGNED = 3;

/** Names the public key's file of a verifier: `log`, `runner` or `reviewer`, and the key id. */
export const keyFileName = (verifier: NoteVerifier, use: string): string =>
  `${use}-${verifier.keyId}.vkey`;

/** What a key is for. */
export type KeyUse = RecordOf<'key-event'>['use'];

/** Says what another machine's public key can be for, by its type; `undefined` when it is no key. */
export function useOfKey(vkey: string): 'reviewer' | 'runner' | undefined {
  if (parseCosignerKey(vkey) !== undefined) return 'reviewer';
  return parseVerifierKey(vkey) === undefined ? undefined : 'runner';
}

/** A key with the span of records in which it counts: `[from, until)`. */
export interface EnrolledKey {
  readonly use: KeyUse;
  readonly verifier: NoteVerifier;
  readonly from: number;
  /** Infinite while it counts. */
  readonly until: number;
}

/** A change of keys or quorum that reviewers must have cosigned: a checkpoint of more than `index` records shows it. */
export interface KeyChange {
  readonly index: number;
  readonly body: KeyBody;
  readonly needed: number;
  /** Those who counted before the change. */
  readonly reviewers: readonly NoteVerifier[];
}

type KeyBody = RecordOf<'key-event'> | RecordOf<'policy-change'>;

/** Tells a record about keys from any other. */
export const isKeyBody = (body: RecordBody): body is KeyBody =>
  body.kind === 'key-event' || body.kind === 'policy-change';

/** Reads the keys of a ledger out of its records, in order. */
export function ringOf(
  records: readonly { readonly index: number; readonly body: RecordBody }[],
): KeyRing {
  const ring = new KeyRing();
  for (const { body, index } of records) if (isKeyBody(body)) ring.take(body, index);
  return ring;
}

/** Follows which keys count at which record, and how many reviewers a change of them needs. Records come in order. */
export class KeyRing {
  readonly #keys: { use: KeyUse; verifier: NoteVerifier; from: number; until: number }[] = [];
  readonly #changes: KeyChange[] = [];
  #quorum = 0;

  get keys(): readonly EnrolledKey[] {
    return this.#keys;
  }
  /** How many reviewers must cosign, as of the last record taken. */
  get quorum(): number {
    return this.#quorum;
  }
  /** Changes that need cosigners. */
  get changes(): readonly KeyChange[] {
    return this.#changes;
  }

  /** @returns what is wrong with the change; `undefined` when nothing is. */
  take(body: KeyBody, index: number): string | undefined {
    if (this.#quorum > 0) {
      const reviewers = this.at('reviewer', index);
      this.#changes.push({ index, body, needed: this.#quorum, reviewers });
    }
    if (body.kind === 'policy-change') this.#quorum = body.quorum;
    else if (body.event === 'revoked') this.#revoke(body.key, index);
    else {
      const wrong = this.#enrol(body, index);
      if (wrong !== undefined) return wrong;
    }
    const reviewers = this.at('reviewer', index + 1).length;
    if (reviewers >= this.#quorum) return undefined;
    return `leave ${this.#quorum} reviewers to cosign, got ${reviewers}`;
  }

  /** Lists the keys of a use that count at an index. */
  at(use: KeyUse, index: number): readonly NoteVerifier[] {
    return this.#keys
      .filter((key) => key.use === use && key.from <= index && index < key.until)
      .map(({ verifier }) => verifier);
  }

  /** Lists the keys of a use that ever counted. */
  ever(use: KeyUse): readonly NoteVerifier[] {
    return this.#keys.filter((key) => key.use === use).map(({ verifier }) => verifier);
  }

  knows(vkey: string): boolean {
    return this.#keys.some(({ verifier }) => verifier.vkey === vkey);
  }

  /** Gives the public files of the ledger, by name: each key that was ever enrolled. */
  files(): ReadonlyMap<string, string> {
    return new Map(
      this.#keys.map(({ use, verifier }) => [keyFileName(verifier, use), verifier.vkey]),
    );
  }

  /** Writes the policy that readers may use: the keys that count now. */
  policyText(): string {
    const now = this.#keys.filter(({ until }) => until === Number.POSITIVE_INFINITY);
    const of = (use: KeyUse): string[] =>
      now.filter((key) => key.use === use).map(({ verifier }) => verifier.vkey);
    return trustPolicyText({ logs: of('log'), reviewers: of('reviewer'), quorum: this.#quorum });
  }

  #revoke(vkey: string, index: number): void {
    for (const key of this.#keys) {
      if (key.verifier.vkey === vkey) key.until = Math.min(key.until, index + 1);
    }
  }

  #enrol({ use, key: vkey }: RecordOf<'key-event'>, index: number): string | undefined {
    // A cosigner's key has a type of its own, so that neither can pass for the other (threat L6).
    const verifier = use === 'reviewer' ? parseCosignerKey(vkey) : parseVerifierKey(vkey);
    if (verifier === undefined) return 'name a key of its use';
    if (this.#keys.some((known) => isSameKey(known.verifier.vkey, vkey))) {
      return 'name a key that has no other use';
    }
    const from = index < SELF_SIGNED ? 0 : index;
    this.#keys.push({ use, verifier, from, until: Number.POSITIVE_INFINITY });
    return undefined;
  }
}
