import { fc, it as law } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { addDuration, type Instant, instantFromMs } from '../core/index.ts';
import { Plan } from '../plan/schema/plan.ts';
import { cadenceWords, catchUp, nextOccurrences, pastOccurrences } from './due.ts';

const at = (text: string) => text as Instant;
const planWith = (cadence: object = {}, timezone = 'Europe/Berlin') =>
  Plan.parse({
    version: 1,
    timezone,
    owners: [{ id: 'owner', title: 'Owner', notify: [] }],
    providers: [],
    notify: [],
    documents: [],
    assumptions: [],
    metrics: [],
    budgets: [],
    review: { cadence },
  });
const times = (found: readonly { readonly dueAt: string }[]) => found.map(({ dueAt }) => dueAt);
const facts = (
  now: string,
  over: { covered?: string[]; missed?: string[]; since?: string } = {},
) => ({
  since: at(over.since ?? '2026-11-01T00:00:00Z'),
  now: at(now),
  covered: new Set(over.covered),
  missed: new Set(over.missed),
});

describe('the cadence', () => {
  it('is every Monday at nine in the zone of the plan, whatever its offset', () => {
    expect(times(nextOccurrences(planWith(), at('2026-10-20T00:00:00Z'), 2))).toEqual([
      '2026-10-26T08:00:00Z',
      '2026-11-02T08:00:00Z',
    ]);
    expect(times(nextOccurrences(planWith(), at('2026-10-12T00:00:00Z'), 1))).toEqual([
      '2026-10-12T07:00:00Z',
    ]);
  });

  it('counts an occurrence at the very instant as past, not as next', () => {
    const now = at('2026-11-23T08:00:00Z');
    expect(pastOccurrences(planWith(), now, 1)[0]?.dueAt).toBe(now);
    expect(nextOccurrences(planWith(), now, 1)[0]?.dueAt).toBe('2026-11-30T08:00:00Z');
  });

  it('comes an hour later where the clock skips its time, and once where the time comes twice (budgets.md 10.5)', () => {
    const daily = planWith({ every: 'day', at: '02:30', covers: 'previous-day' });
    expect(times(nextOccurrences(daily, at('2026-03-28T12:00:00Z'), 2))).toEqual([
      '2026-03-29T01:00:00Z',
      '2026-03-30T00:30:00Z',
    ]);
    expect(times(nextOccurrences(daily, at('2026-10-24T12:00:00Z'), 2))).toEqual([
      '2026-10-25T00:30:00Z',
      '2026-10-26T01:30:00Z',
    ]);
  });

  it('is the first such day of a month when it is monthly', () => {
    const monthly = planWith({ every: 'month', covers: 'previous-month' });
    expect(times(nextOccurrences(monthly, at('2026-11-23T00:00:00Z'), 2))).toEqual([
      '2026-12-07T08:00:00Z',
      '2027-01-04T08:00:00Z',
    ]);
    expect(cadenceWords(monthly)).toBe('every month on its first monday at 09:00 (Europe/Berlin)');
  });

  law.prop(
    [
      fc.integer({ min: Date.parse('2024-01-01'), max: Date.parse('2030-01-01') }),
      fc.constantFrom(
        'Europe/Berlin',
        'America/New_York',
        'Australia/Lord_Howe',
        'Asia/Kathmandu',
        'UTC',
      ),
      fc.constantFrom('day', 'week', 'month'),
      fc.integer({ min: 0, max: 23 }),
    ],
    { numRuns: 40 },
  )('finds looking back what it found looking ahead, in any zone', (ms, timezone, every, hour) => {
    const covers = `previous-${every}`;
    const plan = planWith({ every, covers, at: `${String(hour).padStart(2, '0')}:30` }, timezone);
    const next = nextOccurrences(plan, instantFromMs(ms), 5);
    const last = next.at(-1)?.dueAt ?? expect.fail('no occurrence');
    expect(pastOccurrences(plan, last, 5)).toEqual(next);
    expect(new Set(next.map(({ due }) => due)).size).toBe(5);
  });
});

describe('catchUp', () => {
  const WEEK_47 = '2026-11-15T23:00:00Z';
  const WEEK_46 = '2026-11-08T23:00:00Z';

  it('runs what is due and finds nothing missed within its grace', () => {
    const found = catchUp(
      planWith(),
      facts('2026-11-23T08:00:00Z', {
        covered: [WEEK_46, '2026-11-01T23:00:00Z', '2026-10-25T23:00:00Z'],
      }),
    );
    expect([found.run?.dueAt, found.run?.period.start, found.missed]).toEqual([
      '2026-11-23T08:00:00Z',
      WEEK_47,
      [],
    ]);
  });

  it('runs nothing a second before, nor after a review of the same week, however it was started', () => {
    const since = '2026-11-17T00:00:00Z';
    expect(catchUp(planWith(), facts('2026-11-23T07:59:59Z', { since }))).toEqual({
      run: null,
      missed: [],
    });
    expect(
      catchUp(planWith(), facts('2026-11-24T08:00:00Z', { since, covered: [WEEK_47] })).run,
    ).toBeNull();
  });

  it('names a review whose grace has ended as missed, once, and still runs it late', () => {
    const since = '2026-11-17T00:00:00Z';
    const late = catchUp(planWith(), facts('2026-11-25T08:00:01Z', { since }));
    expect([late.run?.dueAt, times(late.missed)]).toEqual([
      '2026-11-23T08:00:00Z',
      ['2026-11-23T08:00:00Z'],
    ]);
    const missed = late.missed.map(({ due }) => due);
    expect(catchUp(planWith(), facts('2026-11-25T08:00:01Z', { since, missed })).missed).toEqual(
      [],
    );
    expect(catchUp(planWith(), facts('2026-11-25T08:00:00Z', { since })).missed).toEqual([]);
  });

  it('after a month of downtime runs the newest only, and records the others as missed', () => {
    const found = catchUp(planWith(), facts('2026-11-23T09:00:00Z'));
    expect(found.run?.dueAt).toBe('2026-11-23T08:00:00Z');
    expect(times(found.missed)).toEqual([
      '2026-11-02T08:00:00Z',
      '2026-11-09T08:00:00Z',
      '2026-11-16T08:00:00Z',
    ]);
  });

  it('owes nothing from before the ledger began', () => {
    const now = '2026-11-23T07:00:00Z';
    expect(catchUp(planWith(), facts(now, { since: now }))).toEqual({ run: null, missed: [] });
  });

  law.prop([fc.array(fc.integer({ min: 1, max: 9 * 1440 }), { minLength: 1, maxLength: 12 })], {
    numRuns: 20,
  })(
    'over any pattern of looks, each occurrence is reviewed or missed, and nothing runs twice',
    (pauses) => {
      const since = at('2026-01-05T00:00:00Z');
      const covered = new Set<string>();
      const missed = new Set<string>();
      const runs: string[] = [];
      let now = since;
      for (const pause of pauses) {
        now = addDuration(now, `${pause}m`);
        const found = catchUp(planWith(), { since, now, covered, missed });
        for (const one of found.missed) missed.add(one.due);
        if (found.run !== null) {
          runs.push(found.run.due);
          covered.add(found.run.period.start);
        }
      }
      expect(new Set(runs).size).toBe(runs.length);
      const settled = new Set([...runs, ...missed]);
      const over = pastOccurrences(planWith(), now, 60).filter(
        ({ dueAt, graceEnds }) => dueAt >= since && graceEnds < now,
      );
      expect(over.filter(({ due }) => !settled.has(due))).toEqual([]);
    },
  );
});
