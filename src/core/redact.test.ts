import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../test/cpu-ms.ts';
import { sha256 } from './digest.ts';
import { ulid } from './id.ts';
import { redactSecrets } from './redact.ts';

// Shapes are put together here, at run time, so that no scanner finds one in the repository.
const bytesOf = (seed: string) => createHash('sha512').update(seed).digest();
const letters = (seed: string, length: number) =>
  bytesOf(seed).toString('base64').replace(/[+/=]/g, '').slice(0, length);
const join = (...parts: readonly string[]) => parts.join('');

const jwt = [
  Buffer.from('{"alg":"HS256"}').toString('base64url'),
  Buffer.from('{"sub":"canary"}').toString('base64url'),
  letters('jwt', 30),
].join('.');
const armour = (word: string) => join('-----', word, ' PRIVATE ', 'KEY-----');
const SHAPES: Readonly<Record<string, string>> = {
  'a key that starts with sk-': join('s', 'k-', letters('sk', 24)),
  'a project key with hyphens': join('s', 'k-proj-', letters('p', 20), '-', letters('q', 20)),
  'a live payment key': join('s', 'k_live_', letters('live', 24)),
  'a cloud access key id': join(
    'AK',
    'IA',
    bytesOf('aws').toString('hex').toUpperCase().slice(0, 16),
  ),
  'a code host token': join('gh', 'p_', letters('ghp', 36)),
  'a fine-grained code host token': join('github', '_pat_', letters('pat', 40)),
  'a chat token': join('xo', 'xb-', '1234567890-', letters('xox', 20)),
  'a signing secret of webhooks': join('wh', 'sec_', letters('wh', 32)),
  'a signing key of the ledger': join(
    'PRIVATE',
    '+KEY+',
    'example.org/l+0a1b2c3d+',
    letters('k', 44),
  ),
  'a JWT': jwt,
  'a PEM block': `${armour('BEGIN')}\n${letters('pem', 60)}\n${armour('END')}`,
  'a PEM block without its end': `${armour('BEGIN')}\n${letters('pem', 30)}`,
  'forty hexadecimal digits': bytesOf('hex').toString('hex').slice(0, 40),
  'base64 with its own signs': bytesOf('b64').toString('base64'),
  'base64 for URLs': bytesOf('b64url').toString('base64url'),
};

const digest = fc.string().map((text) => sha256(text));
const id = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 48 - 1 }), fc.uint8Array({ minLength: 10, maxLength: 10 }))
  .map(([ms, bytes]) => ulid(ms, bytes));
const word = fc.constantFrom(
  'budget',
  'risk-assessment-of-the-support-bot',
  'bearer authentication',
  'monkey',
  'token',
  'password: required',
  'cost-per-1k-requests-for-the-support-bot-of-team-finops',
  'usage.imported',
  'src/usage/adapters/openrouter-activity/fixtures/ok-24-columns',
  '1200.000000000000000001',
  'https://docs.example.com/api/reference/chat/completions?lang=en#section-streaming-responses',
  '2026-11-23T08:00:00Z',
  'UsageRecordStoreOfTheEmbeddedEngine',
  'ops@example.com',
  'sk',
  'Zürich',
  '預算',
);
const plain = fc.array(fc.oneof(digest, id, word), { maxLength: 12 });
const mixed = fc
  .array(
    fc.oneof(
      plain.map((parts) => parts.join(' ')),
      fc.constantFrom(
        ...Object.values(SHAPES),
        '://',
        '@',
        '?key=',
        '&',
        '=',
        '/',
        '-',
        'Bearer ',
        'sha256:',
        '<redacted>',
      ),
      fc.string({ maxLength: 30 }),
      fc.integer().map((seed) => bytesOf(String(seed)).toString('base64')),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('redactSecrets', () => {
  it.each(Object.entries(SHAPES))('replaces %s and keeps the words around it', (_, secret) => {
    expect(redactSecrets(secret)).toBe('<redacted>');
    const text = redactSecrets(`before "${secret}`);
    expect(text).toBe('before "<redacted>');
  });

  it.each(Object.entries(SHAPES).filter(([name]) => !name.includes('without its end')))(
    'keeps what follows %s',
    (_, secret) => {
      expect(redactSecrets(`a ${secret} b`)).toBe('a <redacted> b');
    },
  );

  it('replaces what follows Bearer, with or without its header', () => {
    const token = letters('bearer', 20);
    expect(redactSecrets(`sent Bearer ${token}.`)).not.toContain(token);
    expect(redactSecrets('Authorization: Basic b3Bz')).toBe('Authorization: Basic <redacted>');
    expect(redactSecrets('authorization: bearer onlyletters')).toBe(
      'authorization: bearer <redacted>',
    );
  });

  it('replaces credentials in a URL and keeps the host', () => {
    const url = join('https', '://', 'ops:pa55@', 'example.com/x');
    expect(redactSecrets(url)).toBe('https://<redacted>@example.com/x');
    expect(redactSecrets(join('redis://', ':p@ss', '@h:1'))).toBe('redis://<redacted>@h:1');
  });

  it.each(['key', 'api_key', 'apiKey', 'access_token', 'X-Amz-Signature', 'client_secret', 'sig'])(
    'replaces the value of %s in a query, however short',
    (name) => {
      expect(redactSecrets(`/v1/x?lang=en&${name}=ab&page=2`)).toBe(
        `/v1/x?lang=en&${name}=<redacted>&page=2`,
      );
    },
  );

  it('replaces an assigned secret that holds a digit', () => {
    expect(redactSecrets('API_KEY=hunter2hunter')).toBe('API_KEY=<redacted>');
    expect(redactSecrets('{"password": "hunter2hunter"}')).toBe('{"password": "<redacted>"}');
    expect(redactSecrets('{"api_key":{"env":"NAME_12345678"}}')).toContain('NAME_12345678');
  });

  it('replaces the path of an address that lets anyone post', () => {
    const url = join('https://hooks', '.slack.com/', 'services/T0/B0/', letters('hook', 24));
    expect(redactSecrets(`POST ${url}`)).toBe('POST https://hooks.slack.com/<redacted>');
  });

  it('keeps the folders of a path whose last part is a long run', () => {
    const hex = bytesOf('file').toString('hex').slice(0, 64);
    expect(redactSecrets(`usage/manifests/${hex}.json`)).toBe('usage/manifests/<redacted>.json');
  });

  it('keeps a ULID inside a random run', () => {
    const name = ulid(1_760_000_000_000, new Uint8Array(10).fill(171));
    const secret = bytesOf('b64').toString('base64url').slice(0, 60);
    expect(redactSecrets(`${secret}/${name}`)).toBe(`<redacted>${name}`);
  });

  it('replaces a run after sha256: that is longer than a digest, and what follows a digest', () => {
    const hex = bytesOf('long').toString('hex');
    expect(redactSecrets(`sha256:${hex}`)).toBe('sha256:<redacted>');
    expect(redactSecrets(`sha256:${hex.slice(0, 64)}/${hex.slice(0, 50)}`)).toBe(
      `sha256:${hex.slice(0, 64)}/<redacted>`,
    );
    expect(redactSecrets(hex.slice(0, 64))).toBe('<redacted>');
  });

  it('never touches digests, ULIDs, paths and ordinary words', () => {
    fc.assert(
      fc.property(plain, fc.constantFrom(' ', ', ', '\n', ' "', '; '), (parts, between) => {
        const text = parts.join(between);
        expect(redactSecrets(text)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves a digest as it is even where a secret is expected', () => {
    const value = sha256('page');
    for (const text of [`secret: ${value}`, `?sig=${value}&a=b`, `a/b/c/${value}`]) {
      expect(redactSecrets(text)).toBe(text);
    }
  });

  it('changes nothing when it is applied again', () => {
    fc.assert(
      fc.property(mixed, (text) => {
        const once = redactSecrets(text);
        expect(redactSecrets(once)).toBe(once);
      }),
      { numRuns: 1000 },
    );
  });

  it('finds every shape wherever it stands between words', () => {
    const shape = fc.constantFrom(...Object.values(SHAPES));
    fc.assert(
      fc.property(plain, shape, plain, (left, secret, right) => {
        const text = redactSecrets([...left, secret, ...right].join(' '));
        expect(text).toContain('<redacted>');
        expect(text).not.toContain(secret);
      }),
    );
  });

  it('stays quick on hostile text', () => {
    const hostile = [
      'a',
      'eyJ-',
      '-----BEGIN A-----',
      '://a',
      'bearer ',
      '?key=',
      'secret= ',
      'Ab1/',
    ];
    const ms = cpuMs(() => {
      for (const piece of hostile) redactSecrets(piece.repeat(20_000));
    });
    expect(ms).toBeLessThan(5000);
  });
});
