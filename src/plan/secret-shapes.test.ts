import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFixture } from '../../test/fixtures/plan/fixtures.ts';
import { findSecrets, maskSecrets } from './secret-shapes.ts';

// Built here, so that no literal of the repository looks like a key.
const RANDOM = 'aZ3'.concat(
  'kQ9',
  'xB7',
  'mR2',
  'tV5',
  'nL8',
  'wC4',
  'pJ6',
  'yD1',
  'hF0',
  'uG',
  'sE',
);
const CASES: readonly (readonly [string, string])[] = [
  ['API key', ['sk', 'proj', RANDOM].join('-')],
  ['AWS key', ['AK', 'IA', 'ABCD'.repeat(4)].join('')],
  ['GitHub token', ['ghp', RANDOM].join('_')],
  ['GitHub token', ['github', 'pat', RANDOM].join('_')],
  ['GitLab token', ['glpat', RANDOM].join('-')],
  ['Slack token', ['xoxb', '1234567890', 'abc'].join('-')],
  ['Slack hook', ['https://hooks.slack.com', 'services', 'T0', 'B0', 'x'].join('/')],
  ['Google key', ['AI', 'za', RANDOM].join('')],
  ['webhook secret', ['whsec', RANDOM].join('_')],
  ['JSON Web Token', ['ey', 'Jhbb'.repeat(4), '.', RANDOM, '.x'].join('')],
  ['private key', ['-----BEGIN RSA', 'PRIVATE KEY-----\nabc'].join(' ')],
  ['Bearer value', ['Bearer', RANDOM].join(' ')],
  ['credential in a URL', ['smtp://user', 'pw@mail.example'].join(':')],
  ['key in a URL', ['https://a.example/x?key', 'abcdef12'].join('=')],
  ['hexadecimal token', 'deadbeef01'.repeat(4)],
  ['long token', RANDOM],
];

describe('findSecrets', () => {
  it.each(CASES)('finds a %s', (shape, text) => {
    expect(findSecrets(`before ${text} after`).map((found) => found.shape)).toContain(shape);
  });

  it.each([
    'support-bot',
    'https://docs.cloud.google.com/billing/docs/how-to/budgets',
    'exports/gateway/2026-11-23/really-long-folder-name-with-many-words/*.json',
    'bearer authentication scheme',
    'Route unclear billing or usage questions through the current help resources.',
    'sk-short',
    '0'.repeat(64),
    'customer-Support-Assistant-For-The-2026-Weekly-Review',
  ])('takes %s for no secret', (text) => {
    expect(findSecrets(text)).toEqual([]);
  });

  it('finds none in the shared plans', () => {
    expect(findSecrets(readFixture('ok-example'))).toEqual([]);
    expect(findSecrets(readFixture('ok-small'))).toEqual([]);
  });

  it('leaves no secret and no other length when it masks', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom(...CASES),
        fc.string(),
        (before, [, secret], after) => {
          const text = `${before} ${secret} ${after}`;
          const masked = maskSecrets(text);
          expect(masked).toHaveLength(text.length);
          expect(masked).not.toContain(secret);
          expect(findSecrets(masked)).toEqual([]);
          expect(maskSecrets(masked)).toBe(masked);
        },
      ),
    );
  });
});
