import { fc, test } from '@fast-check/vitest';
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
  ['AWS key', `AK${'IA'}${'ABCD'.repeat(4)}`],
  ['GitHub token', `gh${'p_'}${RANDOM}`],
  ['GitHub token', `github${'_pat_'}${RANDOM}`],
  ['GitLab token', `gl${'pat-'}${RANDOM}`],
  ['Slack token', `xo${'xb-'}${'1234567890'}-abc`],
  ['Slack hook', `https://hooks.slack${'.com/services/'}T0/B0/x`],
  ['Google key', `AI${'za'}${RANDOM}`],
  ['webhook secret', `wh${'sec_'}${RANDOM}`],
  ['JSON Web Token', `ey${'Jhbb'.repeat(4)}.${RANDOM}.x`],
  ['private key', `-----BEGIN ${'RSA PRIVATE'} KEY-----\nabc`],
  ['Bearer value', `Bear${'er '}${RANDOM}`],
  ['credential in a URL', `smtp://user:${'pw'}@mail.example`],
  ['key in a URL', `https://a.example/x?${'key='}${'abcdef12'}`],
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

  test.prop([fc.string(), fc.constantFrom(...CASES), fc.string()])(
    'leaves no secret and no other length when it masks',
    (before, [, secret], after) => {
      const text = `${before} ${secret} ${after}`;
      const masked = maskSecrets(text);
      expect(masked).toHaveLength(text.length);
      expect(masked).not.toContain(secret);
      expect(findSecrets(masked)).toEqual([]);
      expect(maskSecrets(masked)).toBe(masked);
    },
  );
});
