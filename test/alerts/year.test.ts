import { describe, expect, it } from 'vitest';
import { playYear, type YearOptions } from './simulate.ts';

/** The whole takes most of an hour: `SPENDPROOF_WHOLE_YEAR=1 npx vitest run test/alerts`. */
const isWhole = process.env['SPENDPROOF_WHOLE_YEAR'] === '1';

const PLAYED: YearOptions = isWhole
  ? {
      days: 365,
      everyHours: 1,
      seed: 1,
      corrections: [
        { day: 20, by: 400, fromDay: 50 },
        { day: 200, by: 1, fromDay: 240 },
      ],
    }
  : { days: 70, everyHours: 4, seed: 3, corrections: [{ day: 20, by: 400, fromDay: 50 }] };

describe(`${isWhole ? 'a year at one evaluation an hour' : 'ten weeks at six evaluations a day'} by two processes on one real ledger`, () => {
  it(
    'sends exactly the notices that an oracle predicts, through restarts, deaths, refusals and clocks that jump',
    async () => {
      const played = await playYear(PLAYED);
      expect(played.received).toStrictEqual(played.expected);
      expect(played.expected.length).toBeGreaterThan(isWhole ? 50 : 10);
      // All of it happened, or the count proves nothing.
      expect(played.deaths.afterClaim).toBeGreaterThan(0);
      expect(played.deaths.afterSend).toBeGreaterThan(0);
      expect(played.refused).toBeGreaterThan(0);
      expect(played.expected.filter((line) => line.startsWith('restated'))).not.toHaveLength(0);
      expect(played.expected.filter((line) => line.startsWith('escalated'))).not.toHaveLength(0);
      // Twice under one id only after a death between sending and recording it, of what was not refused.
      expect(played.repeated).toBeGreaterThan(0);
      expect(played.repeated).toBeLessThanOrEqual(played.deaths.afterSend);
      expect([played.ledger, played.notices]).toStrictEqual(['0', '0']);
    },
    isWhole ? 14_400_000 : 3_600_000,
  );
});
