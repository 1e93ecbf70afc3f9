import { existsSync, readFileSync } from 'node:fs';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../core/index.ts';
import { openCheckpoint, parseCheckpointText, signCheckpoint } from './checkpoint.ts';
import { isSignedBy, parseEnvelope, preAuthEncoding, signEnvelope } from './dsse.ts';
import { leafHash, merkleRoot } from './merkle.ts';
import { isKeyName } from './note-keys.ts';
import {
  noteSigners,
  parseNote,
  parseSignerKey,
  parseVerifierKey,
  signerFromSeed,
  signNote,
} from './note.ts';
import { decodeBase64, decodeUtf8, parseCanonicalJson } from './strict-decoding.ts';
import { decodeBundle, decodeTile, encodeBundle, encodeTile, tilePath } from './tiles.ts';

const VECTORS = '../shared/data/vectors';
const hasVectors = existsSync(VECTORS);
const signer = signerFromSeed('example.com/log', new Uint8Array(32).fill(7));
const read = (name: string) => JSON.parse(readFileSync(`${VECTORS}/${name}`, 'utf8'));

describe('keys', () => {
  it('are read as they were written', () => {
    expect(parseVerifierKey(signer.verifier.vkey)?.vkey).toBe(signer.verifier.vkey);
    expect(parseSignerKey(signer.skey)?.skey).toBe(signer.skey);
  });

  it('of any other form are refused: each cut, each changed character', () => {
    const { vkey } = signer.verifier;
    for (let at = 0; at < vkey.length; at += 1) {
      expect(parseVerifierKey(vkey.slice(0, at))).toBeUndefined();
      expect(parseVerifierKey(vkey.slice(at + 1))).toBeUndefined();
      const next = String.fromCharCode(vkey.charCodeAt(at) + 1);
      expect(parseVerifierKey(vkey.slice(0, at) + next + vkey.slice(at + 1))).toBeUndefined();
    }
    expect(parseSignerKey(vkey)).toBeUndefined();
    expect(parseSignerKey('PRIVATE+KEY+x')).toBeUndefined();
    expect(parseSignerKey(signer.skey.replace('example.com', 'example.org'))).toBeUndefined();
  });

  it('have names without spaces and plus signs', () => {
    expect(['a', 'a.b/c', ''].map(isKeyName)).toEqual([true, true, false]);
    for (const name of ['a b', 'a+b', 'a\u2028b', 'a\u0085b', 'a\u0001']) {
      expect(isKeyName(name)).toBe(false);
    }
    expect(() => signerFromSeed('a b', new Uint8Array(32))).toThrow(RangeError);
    expect(() => signerFromSeed('a', new Uint8Array(31))).toThrow(RangeError);
  });
});

describe('a signed note', () => {
  it('holds its text, and nothing but it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.nat(),
        fc.nat({ max: 7 }),
        (text, place, bit) => {
          fc.pre(!/[\u0000-\u0009\u000b-\u001f\u007f]/.test(text));
          const bytes = Buffer.from(signNote(`${text}\n`, signer));
          const note = parseNote(bytes);
          expect(note?.text).toBe(`${text}\n`);
          expect(noteSigners(note!, [signer.verifier])).toEqual([signer.verifier]);
          bytes[place % bytes.length]! ^= 1 << bit;
          const changed = parseNote(bytes);
          const signers = changed && noteSigners(changed, [signer.verifier]);
          expect(signers).toBeUndefined();
        },
      ),
    );
  });

  it('is refused in every cut', () => {
    const whole = Buffer.from(signNote('text\n', signer));
    for (let length = 0; length < whole.length; length += 1) {
      expect(parseNote(whole.subarray(0, length))).toBeUndefined();
    }
    for (const more of ['\n', 'x', '\r\n', '\u2028', ' ']) {
      expect(parseNote(Buffer.concat([whole, Buffer.from(more)]))).toBeUndefined();
    }
    expect(() => signNote('no newline', signer)).toThrow(RangeError);
    expect(() => signNote('a\u0001\n', signer)).toThrow(RangeError);
  });
});

describe('a checkpoint', () => {
  const root = leafHash(Buffer.from('x'));
  it('is read as it was signed, by the key of its origin only', () => {
    const text = signCheckpoint({ origin: 'example.com/log', size: 7, root }, signer);
    expect(openCheckpoint(Buffer.from(text), [signer.verifier])).toMatchObject({ size: 7, root });
    expect(openCheckpoint(Buffer.from(text), [])).toBeUndefined();
    const foreign = signCheckpoint({ origin: 'example.com/other', size: 7, root }, signer);
    expect(openCheckpoint(Buffer.from(foreign), [signer.verifier])).toBeUndefined();
  });

  it.each(['0x10', '+1', ' 12', '01', '-1', '1e3', '12 ', '', '99999999999999999999'])(
    'with the size %j is refused',
    (size) => {
      expect(parseCheckpointText(`o\n${size}\ndGhl\n`)).toBeUndefined();
    },
  );

  it('with an extension line or a short root is not ours', () => {
    const base = `example.com/log\n1\n${Buffer.from(root).toString('base64')}\n`;
    for (const text of [`${base}more\n`, 'example.com/log\n1\ndGhl\n', `${base}\n\n`]) {
      expect(
        openCheckpoint(Buffer.from(signNote(text, signer)), [signer.verifier]),
      ).toBeUndefined();
    }
  });
});

describe('an envelope', () => {
  const payload = Buffer.from('{"a":1}');
  it('binds type and payload by length', () => {
    expect(
      Buffer.from(
        preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world')),
      ).toString(),
    ).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('is signed by the key that it names, and changed in no bit', () => {
    const leaf = signEnvelope(payload, signer);
    const open = parseEnvelope(leaf)!;
    expect(Buffer.from(open.payload)).toEqual(payload);
    expect(isSignedBy(open, [signer.verifier])).toBe(true);
    const other = signerFromSeed('example.com/log', new Uint8Array(32).fill(8));
    expect(isSignedBy(open, [other.verifier])).toBe(false);
    for (let at = 0; at < leaf.length * 8; at += 3) {
      const changed = Buffer.from(leaf);
      changed[at >> 3]! ^= 1 << (at & 7);
      const opened = parseEnvelope(changed);
      expect(opened !== undefined && isSignedBy(opened, [signer.verifier])).toBe(false);
    }
    expect(parseEnvelope(Buffer.concat([leaf, Buffer.from(' ')]))).toBeUndefined();
    expect(parseEnvelope(Buffer.from('{}'))).toBeUndefined();
    expect(parseEnvelope(Buffer.from([0xff]))).toBeUndefined();
  });
});

describe('strict decoding', () => {
  it('refuses what Node would repair', () => {
    expect(decodeBase64('QQ==')).toEqual(Buffer.from('A'));
    for (const text of ['QR==', 'QQ', 'QQ==\n', 'Q Q==', 'QQ-_', 'Q']) {
      expect(decodeBase64(text)).toBeUndefined();
    }
    expect(decodeUtf8(Buffer.from([0x61, 0xff]))).toBeUndefined();
    expect(decodeUtf8(Buffer.from('\ufeffa'))).toBe('\ufeffa');
    for (const text of [
      '{"a":1,"a":1}',
      '{"b":1,"a":1}',
      '9007199254740993',
      '1.0',
      '{ }',
      '"\\u0041"',
      '{',
      '"\\ud800"',
    ]) {
      expect(parseCanonicalJson(text)).toBeUndefined();
    }
    expect(parseCanonicalJson('{"__proto__":1,"a":"é"}')).toBeDefined();
  });
});

describe('tiles and bundles', () => {
  it('are split as they were joined, in no other length', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 40 }), (entries) => {
        const bytes = encodeBundle(entries);
        expect(decodeBundle(bytes, entries.length)?.map((e) => [...e])).toEqual(
          entries.map((e) => [...e]),
        );
        expect(decodeBundle(bytes, entries.length + 1)).toBeUndefined();
        if (entries.length > 0) {
          expect(decodeBundle(bytes, entries.length - 1)).toBeUndefined();
          expect(decodeBundle(bytes.subarray(0, -1), entries.length)).toBeUndefined();
        }
        const hashes = entries.map((entry) => leafHash(entry));
        expect(decodeTile(encodeTile(hashes), hashes.length)).toEqual(hashes);
        expect(decodeTile(encodeTile(hashes), hashes.length + 1)).toBeUndefined();
      }),
    );
  });

  it('hold entries of up to 65,535 bytes', () => {
    const most = new Uint8Array(65_535).fill(1);
    expect(decodeBundle(encodeBundle([most]), 1)?.[0]?.byteLength).toBe(65_535);
    expect(() => encodeBundle([new Uint8Array(65_536)])).toThrow(RangeError);
    expect(tilePath('entries', 1_234_067, 5)).toBe('tile/entries/x001/x234/067.p/5');
  });
});

describe.skipIf(!hasVectors)('public vectors (skipped without ../shared/data)', () => {
  it('accepts and refuses the notes and keys of C2SP and Go', () => {
    const vectors = read('derived/signed-note-vectors.json');
    for (const { name, noteBase64, vkeys, want } of vectors.notes) {
      const note = parseNote(Buffer.from(noteBase64, 'base64'));
      const known = vkeys.map((vkey: string) => parseVerifierKey(vkey)!);
      const signers = note === undefined ? undefined : noteSigners(note, known);
      const answer = signers?.map((key) => key.name);
      expect([name, answer]).toEqual([name, want.ok ? want.verified : undefined]);
      if (want.error === 'malformed') expect([name, note]).toEqual([name, undefined]);
    }
    expect(vectors.notes).toHaveLength(14);
    // The fourth key is of a witness (type 0x04): it must never pass for a log key.
    const read4 = vectors.vkeys.valid.map((vkey: string) => parseVerifierKey(vkey) !== undefined);
    expect(read4).toEqual([true, true, true, false]);
    for (const { vkey } of vectors.vkeys.invalid) expect(parseVerifierKey(vkey)).toBeUndefined();
    for (const { body, ok } of vectors.checkpointBodies) {
      expect([body, parseCheckpointText(body) !== undefined]).toEqual([body, ok]);
    }
  });

  it('reads the whole Tessera log: checkpoints, tiles and bundles agree', () => {
    const log = `${VECTORS}/tlog-tiles-tessera/log`;
    const vkey = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';
    const key = parseVerifierKey(vkey)!;
    const file = (path: string) => readFileSync(`${log}/${path}`);
    const entries = decodeBundle(file(tilePath('entries', 0, 15)), 15)!;
    const hashes = entries.map((entry) => leafHash(entry));
    for (let size = 0; size <= 15; size += 1) {
      const checkpoint = openCheckpoint(file(`checkpoint.${size}`), [key]);
      expect(checkpoint).toMatchObject({ size, root: merkleRoot(hashes.slice(0, size)) });
      if (size === 0) continue;
      expect(file(tilePath(0, 0, size))).toEqual(encodeTile(hashes.slice(0, size)));
      expect(file(tilePath('entries', 0, size))).toEqual(encodeBundle(entries.slice(0, size)));
    }
  });

  it('writes canonical JSON as RFC 8785 has it', () => {
    for (const name of ['arrays', 'french', 'structures', 'unicode', 'values', 'weird']) {
      const text = readFileSync(`${VECTORS}/jcs-rfc8785/input/${name}.json`, 'utf8');
      const output = readFileSync(`${VECTORS}/jcs-rfc8785/output/${name}.json`, 'utf8');
      expect(canonicalJson(JSON.parse(text))).toBe(output);
    }
  });

  it('judges the edge cases of CCTV as docs/ledger.md says, flag by flag', () => {
    const vectors: { key: string; sig: string; msg: string; flags: string[] | null }[] = read(
      'ed25519/ed25519vectors.json',
    );
    const accepted: Record<string, [number, number]> = {};
    for (const { key, sig, msg, flags } of vectors) {
      const name = 'example.com/cctv';
      const typed = Buffer.from(`01${key}`, 'hex');
      const id = createHash('sha256').update(`${name}\n`).update(typed).digest('hex').slice(0, 8);
      const verifier = parseVerifierKey(`${name}+${id}+${typed.toString('base64')}`);
      const holds = verifier?.verify(Buffer.from(msg), Buffer.from(sig, 'hex')) ?? false;
      for (const flag of flags ?? ['none']) {
        const count = (accepted[flag] ??= [0, 0]);
        count[0] += holds ? 1 : 0;
        count[1] += 1;
      }
    }
    expect(vectors).toHaveLength(914);
    expect(accepted).toEqual(CCTV_ACCEPTED[opensslAge()]);
  });

  it('checks Ed25519 signatures as Wycheproof has it', () => {
    let checked = 0;
    for (const { publicKeyDer, tests } of read('ed25519/wycheproof_ed25519_test.json').testGroups) {
      const key = createPublicKey({
        key: Buffer.from(publicKeyDer, 'hex'),
        format: 'der',
        type: 'spki',
      });
      for (const { msg, sig, result } of tests) {
        const signature = Buffer.from(sig, 'hex');
        const holds =
          signature.length === 64 && verify(null, Buffer.from(msg, 'hex'), key, signature);
        expect(holds).toBe(result === 'valid');
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(100);
  });
});

/** OpenSSL 3.5 and later refuse keys and points of low order that earlier ones let the equation decide. */
const opensslAge = (): 'before 3.5' | 'from 3.5' =>
  /^(3\.([5-9]|\d\d)|[4-9])\./.test(process.versions.openssl) ? 'from 3.5' : 'before 3.5';

/** Of the cases with each flag, how many a signature is accepted in, and how many there are. */
const CCTV_ACCEPTED = {
  'before 3.5': {
    none: [1, 1],
    low_order_A: [122, 526],
    low_order_R: [99, 586],
    low_order_component_A: [195, 774],
    low_order_component_R: [159, 665],
    low_order_residue: [0, 583],
    non_canonical_A: [36, 226],
    non_canonical_R: [0, 316],
    reencoded_k: [10, 146],
  },
  'from 3.5': {
    none: [1, 1],
    low_order_A: [0, 526],
    low_order_R: [0, 586],
    low_order_component_A: [42, 774],
    low_order_component_R: [35, 665],
    low_order_residue: [0, 583],
    non_canonical_A: [0, 226],
    non_canonical_R: [0, 316],
    reencoded_k: [0, 146],
  },
} as const;
