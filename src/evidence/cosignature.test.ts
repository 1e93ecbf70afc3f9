import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openCheckpoint, signCheckpoint } from './checkpoint.ts';
import {
  cosignedAt,
  cosignerFromSeed,
  parseCosignerKey,
  parseCosignerSecret,
} from './cosignature.ts';
import { parseNote, parseVerifierKey, signerFromSeed } from './note.ts';
import { isSameKey, secretFromSeed } from './note-keys.ts';

const log = signerFromSeed('example.com/team', new Uint8Array(32).fill(1));
const finance = cosignerFromSeed('example.com/team/finance', new Uint8Array(32).fill(2));
const checkpoint = { origin: 'example.com/team', size: 7, root: new Uint8Array(32).fill(9) };
const note = signCheckpoint(checkpoint, log);
const text = parseNote(Buffer.from(note))?.text ?? '';
const open = (bytes: string) =>
  openCheckpoint(Buffer.from(bytes), [log.verifier], [finance.verifier]);

describe('a cosignature', () => {
  it('holds for the text and the time that it was made for', () => {
    const line = finance.cosign(text, 1_795_420_800);
    const found = open(note + line);
    expect(found?.cosigners).toEqual([finance.verifier]);
    expect(found?.strange).toBe(0);
    const blob = Buffer.from(line.split(' ')[2] ?? '', 'base64');
    expect(cosignedAt(blob.subarray(4))).toBe(1_795_420_800);
    for (let at = 4; at < blob.length; at += 1) {
      const changed = Buffer.from(blob);
      changed[at]! ^= 1;
      expect(
        open(note + line.replace(blob.toString('base64'), changed.toString('base64'))),
      ).toBeUndefined();
    }
    const other = parseNote(Buffer.from(note.replace('\n7\n', '\n8\n')))?.text ?? '';
    expect(finance.verifier.verify(Buffer.from(other), blob.subarray(4))).toBe(false);
  });

  it('never stands for the signature of the log, nor a log’s for one of a reviewer', () => {
    const line = finance.cosign(text, 1);
    expect(
      openCheckpoint(Buffer.from(`${text}\n${line}`), [log.verifier], [finance.verifier]),
    ).toBeUndefined();
    expect(parseVerifierKey(finance.verifier.vkey)).toBeUndefined();
    expect(parseCosignerKey(log.verifier.vkey)).toBeUndefined();
    expect(parseCosignerSecret(log.skey)).toBeUndefined();
    const twin = secretFromSeed('example.com/team', 4, new Uint8Array(32).fill(1));
    expect(isSameKey(twin.vkey, log.verifier.vkey)).toBe(true);
    expect(twin.keyId).not.toBe(log.verifier.keyId);
  });

  it('by an unknown key, or twice by one, is counted as strange', () => {
    const stranger = cosignerFromSeed('example.com/x', new Uint8Array(32).fill(3));
    expect(open(note + stranger.cosign(text, 1))?.strange).toBe(1);
    expect(open(note + finance.cosign(text, 1) + finance.cosign(text, 2))?.strange).toBe(1);
  });

  it('without a time, or of another length, is none', () => {
    expect(cosignedAt(new Uint8Array(72))).toBeUndefined();
    expect(cosignedAt(new Uint8Array(71).fill(1))).toBeUndefined();
    expect(cosignedAt(new Uint8Array(72).fill(255))).toBeUndefined();
    expect(finance.verifier.verify(Buffer.from(text), new Uint8Array(64))).toBe(false);
  });

  it('is made by a key that is read as it was written', () => {
    expect(parseCosignerSecret(finance.skey)?.verifier.vkey).toBe(finance.verifier.vkey);
    expect(parseCosignerKey(finance.verifier.vkey)?.keyId).toBe(finance.verifier.keyId);
  });
});

const NOTES = '../shared/data/vectors/derived/signed-note-vectors.json';
describe.skipIf(!existsSync(NOTES))('public vectors (skipped without ../shared/data)', () => {
  it('reads the witness key among the valid ones, and no other', () => {
    const { vkeys } = JSON.parse(readFileSync(NOTES, 'utf8'));
    const read = vkeys.valid.map((vkey: string) => parseCosignerKey(vkey) !== undefined);
    expect(read).toEqual([false, false, false, true]);
    for (const { vkey } of vkeys.invalid) expect(parseCosignerKey(vkey)).toBeUndefined();
  });
});
