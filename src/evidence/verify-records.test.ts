import { describe, expect, it } from 'vitest';
import { accept, context, ORIGIN } from '../../test/fixtures/evidence/world.ts';
import { signEnvelope } from './dsse.ts';
import { Problems } from './ledger-problems.ts';
import { leafHash } from './merkle.ts';
import { type NoteSigner, signerFromSeed } from './note.ts';
import type { RecordBody } from './records/registry.ts';
import { statementText } from './statement.ts';
import { RecordCheck } from './verify-records.ts';

const log = signerFromSeed(ORIGIN, new Uint8Array(32).fill(1));
const runner = signerFromSeed(`${ORIGIN}/runner`, new Uint8Array(32).fill(2));
const second = signerFromSeed(`${ORIGIN}/runner`, new Uint8Array(32).fill(3));

const leaf = (body: RecordBody, signer: NoteSigner = runner): Uint8Array =>
  signEnvelope(Buffer.from(statementText({ context, body }, ORIGIN)), signer);

const key = (
  event: 'enrolled' | 'rotated' | 'revoked',
  signer: NoteSigner,
  use: 'log' | 'runner' = 'runner',
): RecordBody => ({ kind: 'key-event', event, use, key: signer.verifier.vkey });

const genesis: RecordBody = { kind: 'genesis', origin: ORIGIN, format: 1 };

/** Checks a ledger of these leaves, after a sound beginning unless `begun` is false. */
async function problemsOf(leaves: readonly Uint8Array[], begun = true): Promise<readonly string[]> {
  const problems = new Problems();
  const check = new RecordCheck(problems);
  const beginning = [
    leaf(genesis),
    leaf(key('enrolled', log, 'log')),
    leaf(key('enrolled', runner)),
  ];
  for (const [index, bytes] of [...(begun ? beginning : []), ...leaves].entries()) {
    check.check(bytes, leafHash(bytes), index);
  }
  await check.settle();
  return problems.list.map(({ code, index }) => `${code}@${index}`);
}

describe('a record in a ledger', () => {
  it('is sound when a runner key that counts has signed it', async () => {
    expect(await problemsOf([leaf(accept(1))])).toEqual([]);
  });

  it('is found when a key signed it that is unknown, or the log’s', async () => {
    expect(await problemsOf([leaf(accept(1), second)])).toEqual(['signature@3']);
    expect(await problemsOf([leaf(accept(1), log)])).toEqual(['signature@3']);
  });

  it('is judged by the keys that count at its index', async () => {
    expect(
      await problemsOf([
        leaf(accept(1), second),
        leaf(key('enrolled', second)),
        leaf(accept(2), second),
        leaf(key('revoked', runner), second),
        leaf(accept(3)),
        leaf(accept(4), second),
      ]),
    ).toEqual(['signature@3', 'signature@7']);
  });

  it('cannot enrol the key that signs it', async () => {
    expect(await problemsOf([leaf(key('enrolled', second), second)])).toEqual(['signature@3']);
  });

  it('is found when its key is none, its form is another, or it holds a key', async () => {
    const broken = { ...key('enrolled', second), key: `${runner.verifier.vkey.slice(0, -4)}AAAA` };
    expect(await problemsOf([leaf(broken as RecordBody)])).toEqual(['key@3']);
    expect(await problemsOf([Buffer.from('{}')])).toEqual(['record@3']);
    const alias = ['ghp', 'A1b2'.repeat(9)].join('_');
    const leak: RecordBody = {
      kind: 'resume',
      assumption: 'pricing',
      because: 'false-alarm',
      by: 'finance',
      case: alias,
    };
    expect(await problemsOf([leaf(leak)])).toEqual(['record@3']);
  });

  it('may refer to records before it only', async () => {
    const first = leaf(accept(1));
    const link = (ref: Uint8Array): Uint8Array =>
      leaf({
        kind: 'usage-link',
        smoke: `sha256:${Buffer.from(leafHash(ref)).toString('hex')}`,
        export: 'pricing',
        by: 'trace',
        outcome: 'pass',
        reasons: [],
        missing: [],
      });
    expect(await problemsOf([first, link(first)])).toEqual([]);
    expect(await problemsOf([link(first), first])).toEqual(['reference@3']);
  });
});

describe('the beginning of a ledger', () => {
  it('must be a genesis, and vouched for by the key that it enrols', async () => {
    expect(await problemsOf([leaf(accept(1))], false)).toEqual(['record@0']);
    const foreign = [
      leaf(genesis, second),
      leaf(key('enrolled', log, 'log'), second),
      leaf(key('enrolled', runner), second),
    ];
    expect(await problemsOf(foreign, false)).toEqual(['signature@0', 'signature@1', 'signature@2']);
  });

  it('tells a hundred problems at most', async () => {
    const many = Array.from({ length: 150 }, (_, n) => leaf(accept(n), second));
    expect(await problemsOf(many)).toHaveLength(100);
  });
});
