import { digestOf } from '../core/index.ts';
import { isSignedByLater, type OpenEnvelope, parseEnvelope } from './dsse.ts';
import { keyShapedText } from './gate.ts';
import { isKeyBody, KeyRing, SELF_SIGNED } from './key-ring.ts';
import type { NoteVerifier } from './note.ts';
import type { RecordText } from './record-fields.ts';
import { originOfGenesis, readRecord, type Stated } from './statement.ts';
import type { Problems } from './ledger-problems.ts';

/** Checks records in order: form, schema, signature by a key that counts at that index, references. */
export class RecordCheck {
  readonly #problems: Problems;
  readonly ring = new KeyRing();
  /** Leaf hashes seen, 32 bytes each in base64: what later records may refer to. */
  readonly #refs = new Set<string>();
  /** Waits for the key that the first commit enrols. */
  #unsigned: { readonly envelope: OpenEnvelope; readonly index: number }[] = [];
  readonly #waiting: { readonly index: number; readonly holds: Promise<boolean> }[] = [];
  /** The size of the newest checkpoint. */
  signedSize = 0;
  /** When the last record under it was written, by its own word. */
  lastSignedAt: string | undefined;
  origin: string | undefined;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  check(leaf: Uint8Array, hash: Uint8Array, index: number): void {
    const envelope = parseEnvelope(leaf);
    if (index === 0 && envelope !== undefined) this.origin = originOfGenesis(envelope.payload);
    const read =
      envelope === undefined || this.origin === undefined
        ? undefined
        : readRecord(envelope.payload, this.origin);
    const stated = read?.stated;
    this.#refs.add(digestOf(hash));
    if (index === this.signedSize - 1) this.lastSignedAt = stated?.context.at;
    if (envelope === undefined || read === undefined || stated === undefined) {
      this.#problems.add('record', `Expected entry ${index} to be a record of this ledger`, index);
      return;
    }
    // A key that a record revokes still signs that record.
    const before = this.ring.at('runner', index);
    this.#takeKeys(stated, index);
    if (index < SELF_SIGNED) this.#checkFirst(envelope, index);
    else this.#checkSignature(envelope, index, before);
    this.#checkContent(read.texts, index);
  }

  #takeKeys({ body }: Stated, index: number): void {
    const wrong = isKeyBody(body) ? this.ring.take(body, index) : undefined;
    if (wrong !== undefined) {
      this.#problems.add('key', `Expected record ${index} to ${wrong}`, index);
    }
  }

  #checkFirst(envelope: OpenEnvelope, index: number): void {
    this.#unsigned.push({ envelope, index });
    if (index < SELF_SIGNED - 1) return;
    const keys = this.ring.at('runner', index);
    for (const first of this.#unsigned) this.#checkSignature(first.envelope, first.index, keys);
    this.#unsigned = [];
  }

  #checkSignature(envelope: OpenEnvelope, index: number, keys: readonly NoteVerifier[]): void {
    this.#waiting.push({ index, holds: isSignedByLater(envelope, keys) });
  }

  /** Waits for the signatures that other threads check; called often enough, few wait at a time. */
  async settle(): Promise<void> {
    for (const { index, holds } of this.#waiting.splice(0)) {
      if (await holds) continue;
      this.#problems.add(
        'signature',
        `Expected record ${index} to be signed by a runner key that counts there`,
        index,
      );
    }
  }

  /** Signatures that are being checked. */
  get waiting(): number {
    return this.#waiting.length;
  }

  #checkContent(texts: readonly RecordText[], index: number): void {
    const key = keyShapedText(texts);
    if (key !== undefined) {
      this.#problems.add('record', `Expected no key in record ${index}, at ${key.path}`, index);
    }
    for (const { field, path, text } of texts) {
      if (field === 'record' && !this.#refs.has(text)) {
        this.#problems.add(
          'reference',
          `Expected record ${index} to refer to a record before it, at ${path}`,
          index,
        );
      }
    }
  }
}
