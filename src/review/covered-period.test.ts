import { describe, expect, it } from 'vitest';
import { type Instant, parseInstant } from '../core/index.ts';
import type { Plan } from '../plan/index.ts';
import { coveredPeriod, lastDate, nextReviewId } from './covered-period.ts';

const at = (text: string): Instant => parseInstant(text) as Instant;
const plan = (covers: string, timezone = 'Europe/Berlin') =>
  ({ timezone, review: { cadence: { covers } } }) as unknown as Plan;

describe('coveredPeriod', () => {
  it('covers the last whole week of the zone, Monday to Monday', () => {
    const period = coveredPeriod(plan('previous-week'), at('2026-11-23T08:00:00Z'));
    expect(period).toEqual({
      start: '2026-11-15T23:00:00Z',
      end: '2026-11-22T23:00:00Z',
      zone: 'Europe/Berlin',
    });
    expect(lastDate(period)).toBe('2026-11-22');
  });

  it('covers 169 hours in the week that daylight saving ends', () => {
    const { start, end } = coveredPeriod(plan('previous-week'), at('2026-10-26T08:00:00Z'));
    expect((Date.parse(end) - Date.parse(start)) / 3_600_000).toBe(169);
  });

  it('covers the last whole day or month when the plan says so', () => {
    const now = at('2026-03-01T12:00:00Z');
    expect(coveredPeriod(plan('previous-month', 'UTC'), now).start).toBe('2026-02-01T00:00:00Z');
    expect(coveredPeriod(plan('previous-day', 'UTC'), now).start).toBe('2026-02-28T00:00:00Z');
  });
});

describe('nextReviewId', () => {
  it('names the covered period and counts further reviews of it', () => {
    const week = plan('previous-week');
    const period = coveredPeriod(week, at('2026-11-23T08:00:00Z'));
    expect(nextReviewId(week, period, new Set())).toBe('2026-W47');
    expect(nextReviewId(week, period, new Set(['2026-W47']))).toBe('2026-W47.2');
    expect(nextReviewId(week, period, new Set(['2026-W47', '2026-W47.2']))).toBe('2026-W47.3');
  });

  it('names a month and a day by their date', () => {
    const now = at('2026-03-01T12:00:00Z');
    expect(
      nextReviewId(
        plan('previous-month', 'UTC'),
        coveredPeriod(plan('previous-month', 'UTC'), now),
        new Set(),
      ),
    ).toBe('2026-02');
    expect(
      nextReviewId(
        plan('previous-day', 'UTC'),
        coveredPeriod(plan('previous-day', 'UTC'), now),
        new Set(),
      ),
    ).toBe('2026-02-28');
  });
});
