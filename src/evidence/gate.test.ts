import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { accept, context, delivery, registry } from '../../test/fixtures/evidence/world.ts';
import { passGate } from './gate.ts';
import { scanForNeedles } from './needles.ts';
import { parseStatement } from './statement.ts';

const ORIGIN = 'example.com/team';
/** Built at run time, so that no scanner of this repository takes it for a key. */
const SECRET = ['sk', 'canary', 'Zx9Qw7Lm2Kp4', 'Tr8Vb3Nc6Hd1'].join('-');
const judge = (body: unknown, more: object = {}) =>
  passGate({ context, body }, { origin: ORIGIN, registry, ...more });

describe('the gate', () => {
  it('passes what the plan knows, as a statement whose subjects are its digests', () => {
    const result = judge(accept(5));
    if (result.kind !== 'passed') throw new Error(result.rule);
    const statement = JSON.parse(result.text);
    expect(statement).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      predicateType: 'https://spendproof.dev/evidence/accept/v1',
      predicate: { kind: 'accept', operator: 'platform' },
    });
    expect(statement.subject).toEqual([
      { name: 'plan', digest: { sha256: 'a'.repeat(64) } },
      { name: 'content', digest: { sha256: '5'.padStart(64, '0') } },
    ]);
    expect(parseStatement(Buffer.from(result.text), ORIGIN)).toEqual(result.stated);
  });

  it.each([
    ['an unknown member', { ...accept(1), note: 'x' }, 'schema', ''],
    ['an unknown kind', { kind: 'other' }, 'schema', 'kind'],
    ['no record', 'text', 'schema', ''],
    ['a digest of another form', { ...accept(1), content: 'x' }, 'schema', 'content'],
    [
      'a slug that the plan does not have',
      { ...accept(1), document: 'other' },
      'registry',
      'document',
    ],
    ['a role that the plan does not have', { ...accept(1), by: 'other' }, 'registry', 'by'],
  ])('refuses %s', (_, body, rule, path) => {
    expect(judge(body)).toEqual({ kind: 'rejected', rule, path });
  });

  it('refuses a context that does not fit', () => {
    const bounds = { origin: ORIGIN, registry };
    const odd = { ...context, at: '2026-11-23' };
    expect(passGate({ context: odd, body: accept(1) }, bounds)).toMatchObject({
      rule: 'schema',
      path: 'at',
    });
    const stranger = { ...context, operator: 'stranger' };
    expect(passGate({ context: stranger, body: accept(1) }, bounds)).toMatchObject({
      rule: 'registry',
      path: 'operator',
    });
  });

  it('refuses a record that is too large', () => {
    const parts = Array.from({ length: 40 }, (_, n) => `sha256:${String(n).padStart(64, '0')}`);
    const missing = Array.from({ length: 64 }, (_, n) => `part:${String(n).padStart(63, 'x')}`);
    const body = reviewBody(parts);
    expect(judge({ ...body, missing })).toEqual({ kind: 'rejected', rule: 'size', path: '' });
    expect(judge(body)).toMatchObject({ kind: 'passed' });
  });

  it('refuses what looks like a key, even where the plan names it', () => {
    const aliases = new Set([SECRET]);
    const body = {
      kind: 'resume',
      assumption: 'pricing',
      because: 'false-alarm',
      by: 'finance',
      case: SECRET,
    };
    const bounds = { registry: { ...registry, aliases } };
    expect(judge(body, bounds)).toEqual({ kind: 'rejected', rule: 'pattern', path: 'case' });
    const harmless = { ...body, case: 'CASE-17' };
    const known = { registry: { ...registry, aliases: new Set(['CASE-17']) } };
    expect(judge(harmless, known)).toMatchObject({ kind: 'passed' });
    expect(judge(harmless)).toMatchObject({ rule: 'registry', path: 'case' });
  });

  it('refuses when it cannot judge', () => {
    const trap = {
      get kind(): string {
        throw new Error('boom');
      },
    };
    expect(judge(trap)).toEqual({ kind: 'rejected', rule: 'scanner', path: '' });
  });

  it('tells nothing of what it refused', () => {
    const result = judge({ ...accept(1), [SECRET]: SECRET, document: SECRET.toLowerCase() });
    expect(JSON.stringify(result)).not.toContain(SECRET);
    expect(result).toMatchObject({ rule: 'schema' });
  });

  it('refuses a needle that the registry let in', () => {
    const slugs = new Set([...registry.slugs, 'ledgerofdreams']);
    const body = { ...delivery(1), channel: 'ledgerofdreams' };
    expect(judge(body, { registry: { ...registry, slugs } })).toMatchObject({ kind: 'passed' });
    expect(judge(body, { registry: { ...registry, slugs }, needles: ['LedgerOfDreams'] })).toEqual({
      kind: 'rejected',
      rule: 'needle',
      path: '',
    });
  });
});

const b64 = (text: string) => Buffer.from(text).toString('base64');
const ENCODINGS: readonly (readonly [string, (secret: string) => string])[] = [
  ['plain', (s) => s],
  ['upper case', (s) => s.toUpperCase()],
  ['spaced', (s) => s.split('').join(' ')],
  ['wrapped', (s) => s.replaceAll(/(.{8})/g, '$1\n')],
  ['ANSI', (s) => `${s.slice(0, 6)}\u001b[31m${s.slice(6)}`],
  ['zero width', (s) => s.split('').join('\u200b')],
  [
    'percent',
    (s) =>
      s
        .split('')
        .map((c) => `%${c.charCodeAt(0).toString(16)}`)
        .join(''),
  ],
  [
    'double percent',
    (s) =>
      s
        .split('')
        .map((c) => `%25${c.charCodeAt(0).toString(16)}`)
        .join(''),
  ],
  [
    '\\u',
    (s) =>
      s
        .split('')
        .map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
        .join(''),
  ],
  [
    'HTML decimal',
    (s) =>
      s
        .split('')
        .map((c) => `&#${c.charCodeAt(0)};`)
        .join(''),
  ],
  [
    'HTML hexadecimal',
    (s) =>
      s
        .split('')
        .map((c) => `&#x${c.charCodeAt(0).toString(16)};`)
        .join(''),
  ],
  [
    'quoted-printable',
    (s) =>
      s
        .split('')
        .map((c) => `=${c.charCodeAt(0).toString(16).toUpperCase()}`)
        .join(''),
  ],
  ['base64', b64],
  ['base64 at 1', (s) => b64(`x${s}`)],
  ['base64 at 2', (s) => b64(`xy${s}`)],
  ['base64 in a longer run', (s) => `ab${b64(s)}`],
  ['base64 of base64', (s) => b64(b64(s))],
  ['base64url', (s) => Buffer.from(`~~~${s}???`).toString('base64url')],
  ['base64 wrapped', (s) => b64(s).replaceAll(/(.{10})/g, '$1\r\n')],
  ['UTF-16 base64', (s) => Buffer.from(s, 'utf16le').toString('base64')],
  ['hexadecimal', (s) => Buffer.from(s).toString('hex')],
  ['hexadecimal at 1', (s) => `a${Buffer.from(s).toString('hex')}`],
  ['reversed', (s) => s.split('').toReversed().join('')],
  ['JSON in JSON', (s) => JSON.stringify(JSON.stringify({ s }))],
  ['its first half', (s) => s.slice(0, s.length / 2)],
  ['twelve of its characters', (s) => s.slice(4, 16)],
];

describe('the needle scan', () => {
  it.each(ENCODINGS)('finds a secret as %s', (_, encode) => {
    expect(scanForNeedles(`{"a":"${encode(SECRET)}"}`, [SECRET])).toBe('found');
    expect(scanForNeedles(`{"a":"${encode('something else entirely')}"}`, [SECRET])).toBe('clear');
  });

  it('finds generated secrets in any of the encodings', () => {
    const encodings = ENCODINGS.filter(
      ([name]) => !name.startsWith('HTML') && name !== 'JSON in JSON',
    );
    const noises = fc.string({ unit: 'grapheme-ascii', minLength: 16, maxLength: 60 });
    fc.assert(
      fc.property(noises, fc.constantFrom(...encodings), (noise, [, encode]) => {
        const secret = `q7${noise.replaceAll(/[^A-Za-z0-9]/g, 'k')}W3zR5`;
        const isVaried = (from: number): boolean =>
          new Set(secret.toLowerCase().slice(from, from + 10)).size > 4;
        fc.pre(isVaried(0) && isVaried(4));
        expect(scanForNeedles(`[${encode(secret)}]`, [secret])).toBe('found');
      }),
    );
  });

  it('finds sixteen characters of a prompt, and not a common word of it', () => {
    const prompt = 'Please summarise the finance report of last week';
    expect(scanForNeedles('{"a":"THE FINANCE REPORT"}', [prompt])).toBe('found');
    expect(scanForNeedles('{"a":"finance report"}', [prompt])).toBe('clear');
    expect(
      scanForNeedles('{"a":"second line of text here"}', [`first\r\nsecond line of text`]),
    ).toBe('found');
  });

  it('takes the public part of a key for nothing', () => {
    const key = ['-----BEGIN', 'PRIVATE', 'KEY-----'].join(' ');
    expect(scanForNeedles(key, [key])).toBe('clear');
    expect(scanForNeedles('aaaaaaaaaaaaaaaaaaaa', ['a'.repeat(20)])).toBe('clear');
  });

  it('gives up on what unfolds without end, and that counts as found', () => {
    expect(scanForNeedles('x'.repeat(1_000_001), [SECRET])).toBe('unable');
  });
});

function reviewBody(parts: readonly string[]): object {
  const period = { start: '2026-11-16T00:00:00Z', end: '2026-11-23T00:00:00Z', zone: 'UTC' };
  return {
    kind: 'review',
    review: '2026-W47',
    attempt: '01JD0000000000000000000000',
    trigger: 'cadence',
    period,
    outcome: 'pass',
    exit: 0,
    reasons: [],
    missing: [],
    nextAction: 'keep-monitoring',
    owner: 'finance',
    parts,
    notCovered: [],
    held: [],
    usage: {
      coverage: { expected: 7, present: 7, missing: [], completeThrough: null },
      imports: 1,
      reconciled: 'never',
    },
    assertions: {
      patternDocumented: 'pass',
      happyTraceable: 'not-run',
      errorSafe: 'not-run',
      usageConnected: 'not-run',
    },
    notified: [],
  };
}
