import { describe, expect, it } from 'vitest';
import { canonicalJson, digestHex, type Json, sha256 } from '../core/index.ts';
import { type Commit, decodeCommit, encodeCommit, NO_COMMIT } from './commit.ts';
import { ENTRY_BYTES_MAX } from './tiles.ts';

const COMMIT: Commit = {
  generation: 1,
  previous: NO_COMMIT,
  oldSize: 3,
  size: 4,
  root: sha256('root'),
  entries: [Buffer.from('entry')],
};
const BODY = JSON.parse(Buffer.from(encodeCommit(COMMIT)).toString().split('\n', 1).join());

/** A file whose digest is that of its body, whatever the body says. */
const sealed = (body: Json): Uint8Array => {
  const text = canonicalJson(body);
  return Buffer.from(`${text}\n${digestHex(sha256(text))}\n`);
};

describe('a commit', () => {
  it('is read as it was written', () => {
    expect(decodeCommit(encodeCommit(COMMIT))).toEqual(COMMIT);
    expect(decodeCommit(sealed(BODY))).toEqual(COMMIT);
  });

  it.each([
    ['a member that no commit has', { ...BODY, note: 'x' }],
    ['no entry', { ...BODY, entries: [], size: 3 }],
    ['an entry that is no base64', { ...BODY, entries: ['ZW50cnk'] }],
    ['a size that its entries do not give', { ...BODY, size: 5 }],
    ['a predecessor that is no digest', { ...BODY, prev: 'none' }],
    ['a root that is no digest', { ...BODY, root: 'none' }],
    ['an entry beyond the bound', { ...BODY, entries: [big(ENTRY_BYTES_MAX + 1)] }],
    ['a text', 'commit'],
  ])('is refused with %s, although its digest is right', (_, body) => {
    expect(decodeCommit(sealed(body))).toBeUndefined();
  });

  it.each([
    ['bytes that are no UTF-8', Uint8Array.of(0xff, 0x0a, 0x0a)],
    ['nothing', new Uint8Array()],
    ['a byte more', Buffer.concat([encodeCommit(COMMIT), Buffer.from('\n')])],
    ['a byte less', encodeCommit(COMMIT).subarray(0, -1)],
  ])('is refused as %s', (_, bytes) => {
    expect(decodeCommit(bytes)).toBeUndefined();
  });
});

const big = (size: number): string => Buffer.alloc(size).toString('base64');
