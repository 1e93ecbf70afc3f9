import { describe, expect, it } from 'vitest';
import { accept, context, ORIGIN } from '../../test/fixtures/evidence/world.ts';
import { kindOfPayload, originOfGenesis, parseStatement, statementText } from './statement.ts';

const TEXT = statementText({ context, body: accept(1) }, ORIGIN);
const CHANGED = (change: (statement: Record<string, unknown>) => unknown): string =>
  JSON.stringify(change(JSON.parse(TEXT)));

describe('a payload that is no statement of ours', () => {
  it.each([
    ['bytes that are no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['no JSON', Buffer.from('{')],
    ['a text', Buffer.from('"predicate"')],
    ['nothing', Buffer.from('null')],
    ['a statement without a predicate', Buffer.from('{"_type":"x"}')],
    ['a predicate that is a text', Buffer.from(CHANGED((one) => ({ ...one, predicate: 'x' })))],
    ['a predicate that is nothing', Buffer.from(CHANGED((one) => ({ ...one, predicate: null })))],
    ['another order of members', Buffer.from(CHANGED(({ _type, ...one }) => ({ ...one, _type })))],
    ['other white space', Buffer.from(` ${TEXT}`)],
    ['another subject', Buffer.from(CHANGED((one) => ({ ...one, subject: [] })))],
    [
      'a member that would be a prototype',
      Buffer.from(TEXT.replace('"predicate":{', '"predicate":{"__proto__":{"kind":"accept"},')),
    ],
  ])('is not read: %s', (_, payload) => {
    expect(parseStatement(payload, ORIGIN)).toBeUndefined();
  });

  it('is read as it was written, and under its own origin alone', () => {
    const payload = Buffer.from(TEXT);
    expect(parseStatement(payload, ORIGIN)).toEqual({ context, body: accept(1) });
    const bare = { kind: 'policy-change', quorum: 1 } as const;
    const stated = { context: { ...context, plan: null }, body: bare };
    const about = Buffer.from(statementText(stated, ORIGIN));
    expect(parseStatement(about, ORIGIN)).toEqual(stated);
    expect(parseStatement(about, `${ORIGIN}2`)).toBeUndefined();
  });

  it('names its kind only in the form of a statement', () => {
    expect(kindOfPayload(Buffer.from(TEXT))).toBe('accept');
    expect(kindOfPayload(Buffer.from(` ${TEXT}`))).toBeUndefined();
    expect(kindOfPayload(Uint8Array.of(0xff))).toBeUndefined();
  });

  it('begins no ledger unless it is a genesis', () => {
    expect(originOfGenesis(Buffer.from(TEXT))).toBeUndefined();
    const named = { kind: 'accept', origin: ORIGIN };
    const odd = CHANGED((one) => ({ ...one, predicate: named }));
    expect(originOfGenesis(Buffer.from(odd))).toBeUndefined();
  });
});
