import { describe, expect, it } from 'vitest';
import { restAsked } from './retry-after.ts';

const NOW = Date.UTC(2026, 10, 23, 8);
const asked = (status: number, headers: Readonly<Record<string, string>>) =>
  restAsked(
    { kind: 'answer', status, headers: new Map(Object.entries(headers)), body: new Uint8Array() },
    NOW,
  );

describe('restAsked', () => {
  it.each<readonly [string, number, Readonly<Record<string, string>>, number | undefined]>([
    ['seconds', 429, { 'retry-after': '7' }, 7000],
    ['a date', 503, { 'retry-after': 'Mon, 23 Nov 2026 08:00:30 GMT' }, 30_000],
    ['a date that is over', 503, { 'retry-after': 'Mon, 23 Nov 2026 07:00:00 GMT' }, 0],
    ['nonsense', 429, { 'retry-after': 'soon' }, undefined],
    ['what is no refusal', 301, { 'retry-after': '7' }, undefined],
    ['a spent quota', 200, { 'ratelimit-remaining': '0', 'ratelimit-reset': '3' }, 3000],
    [
      'a quota that is left',
      200,
      { 'ratelimit-remaining': '4', 'ratelimit-reset': '3' },
      undefined,
    ],
    ['a quota without an end', 200, { 'ratelimit-remaining': '0' }, undefined],
  ])('reads %s', (_what, status, headers, expected) => {
    expect(asked(status, headers)).toBe(expected);
  });
});
