import { describe, expect, it } from 'vitest';
import { agendaOf } from './agenda.ts';
import { weeklyGlance } from './glance.ts';
import type { WeeklyPage } from './page.ts';
import { renderWeekly } from './render-weekly.ts';
import { base, budget, owner } from './testing.ts';

const [ALERT] = base.alerts;
const [CHECK] = base.forecasts;
if (ALERT === undefined || CHECK === undefined || base.comparison === null) throw new Error('base');
const COMPARISON = base.comparison;

/** A page on which nothing waits, with what a test is about. */
const page = (over: Partial<WeeklyPage>): WeeklyPage => ({
  ...base,
  budgets: [],
  alerts: [],
  documents: [],
  missed: [],
  forecasts: [],
  agenda: [],
  ...over,
});
const one = (body: object): readonly never[] => [body as never];
const seen = (coverage: object): Partial<WeeklyPage> => ({
  review: {
    ...base.review,
    body: {
      ...base.review.body,
      held: [],
      usage: { ...base.review.body.usage, coverage } as never,
    },
  },
});
const items = (over: Partial<WeeklyPage>): readonly string[] =>
  agendaOf({
    ...page(over),
    anomalies: [],
    owners: { plan: 'finops', budget: owner, document: owner, smoke: owner },
  }).map(({ weight, what }) => `${weight} ${what}`);
const rendered = (format: 'html' | 'markdown', over: Partial<WeeklyPage>): string =>
  renderWeekly(format, page(over)).text;
const markdown = (over: Partial<WeeklyPage>): string => rendered('markdown', over);
const days = (count: number) => ({
  expected: 30,
  present: 30 - count,
  missing: Array.from(
    { length: count },
    (_, index) => `2026-11-${String(index + 1).padStart(2, '0')}`,
  ),
  completeThrough: null,
});

describe('the agenda', () => {
  it('says nothing of what passed, and why of what did not', () => {
    const pass = { smoke: 'chat', metric: 'm', outcome: 'pass', reasons: [], change: null };
    expect(items({ ...seen(days(0)), smoke: one(pass), metrics: one(pass) })).toEqual([]);
    const open = { ...pass, outcome: 'inconclusive', reasons: ['no-data'] };
    expect(items({ ...seen(days(0)), smoke: one(open), metrics: one(open) })).toEqual([
      'look Smoke test chat inconclusive: no usage of the period has been imported',
      'look Metric m inconclusive: no usage of the period has been imported',
    ]);
  });

  it('names budgets by their ids without a title, with the reasons beside what was crossed', () => {
    const rules = [
      { rule: 'near', basis: 'actual', at: '0.5', severity: 'info', state: 'crossed' },
    ] as const;
    const budgets = [budget('new', { rules, reasons: ['burn-fast'] })];
    const alerts = [{ ...ALERT, budget: 'new', failed: [] }];
    const found = items({ ...seen(days(0)), budgets, alerts });
    expect(found[0]).toMatch(/^act new: nobody has acknowledged the critical alert/);
    expect(found[1]).toMatch(/^look new: 62\.5 % spent, crossed near; /);
  });

  it('names five days without usage and counts the others', () => {
    expect(items(seen(days(5)))[0]).toMatch(/2026-11-05$/);
    expect(items(seen(days(6)))[0]).toMatch(/2026-11-05 and 1 more day$/);
    expect(items(seen(days(8)))[0]).toMatch(/2026-11-05 and 3 more days$/);
  });

  it('proposes to look more often after two critical alerts', () => {
    const over = { acknowledgedAt: '2026-11-20T09:00:00Z', failed: [] };
    const alerts = [
      { ...ALERT, ...over },
      { ...ALERT, ...over },
    ];
    expect(items({ ...seen(days(0)), alerts })).toEqual([
      'note Consider reviewing twice a week: 2 critical alerts in the last four weeks',
    ]);
    expect(items({ ...seen(days(0)), alerts: alerts.slice(1) })).toEqual([]);
  });
});

describe('the numbers at a glance', () => {
  const glance = (over: Partial<WeeklyPage>): readonly string[] =>
    weeklyGlance(page(over)).map(({ label, value, note, tone }) =>
      [label, value, note, tone].join(' | '),
    );

  it('say at least where a cost is not all known, and how it moved', () => {
    const [cost, ...rest] = COMPARISON.measures;
    if (cost === undefined) throw new Error('cost');
    const current = { ...cost.current, knownRows: 8 };
    const measures = [{ ...cost, current, change: '0.16' }, ...rest];
    const [first] = glance({ comparison: { ...COMPARISON, measures } });
    expect(first).toBe(
      'Cost | at least USD 812.40 | +16.0 % beside the same weekdays before | plain',
    );
  });

  it('warn of an alert that waits, and of usage that is not whole', () => {
    const alerts = [{ ...ALERT, severity: 'warning' as const, failed: [] }];
    expect(glance({ alerts })).toContain(
      'Alerts not acknowledged | 1 | 1 in the last four weeks | watch',
    );
    const through = { completeThrough: '2026-11-23T00:00:00Z' };
    expect(glance(seen({ ...days(0), ...through })).at(-1)).toBe(
      'Usage seen | 30 of 30 days | complete through 2026-11-23T00:00:00Z | good',
    );
    expect(glance(seen({ ...days(0), expected: 0, present: 0 })).at(-1)).toBe(
      'Usage seen | none | no data | watch',
    );
  });
});

describe('the sections', () => {
  it('say how long it took to acknowledge, by whom, and what was sent', () => {
    const at = '2026-11-20T08:00:00Z';
    const after = (acknowledgedAt: string, acknowledgedBy: string | null) => ({
      ...ALERT,
      at,
      acknowledgedAt,
      acknowledgedBy,
      reached: [],
      failed: [],
    });
    const text = markdown({
      alerts: [
        after('2026-11-20T08:59:00Z', 'finops'),
        after('2026-11-22T07:00:00Z', null),
        after('2026-11-22T08:00:00Z', 'finops'),
        { ...ALERT, at, reached: ['mail'], failed: ['chat'] },
      ],
    });
    for (const words of [
      'after 59 min by finops',
      'after 47 h by somebody',
      'after 2 d by finops',
      'not sent',
      'mail; failed: chat',
      'not yet',
    ]) {
      expect(text).toContain(words);
    }
  });

  it('say how forecasts did: in their band, beside it, or without one', () => {
    const checks = [
      { ...CHECK, inBand: true },
      { ...CHECK, budget: 'gone', inBand: null, error: null },
    ];
    expect(markdown({ forecasts: checks })).toContain('The 80 % band held 1 of 1 times.');
    expect(markdown({ forecasts: checks })).toMatch(/\| gone \|.*\| no band \|/);
    const none = markdown({ forecasts: checks.slice(1) });
    expect(none).not.toContain('band held');
  });

  it('name fourteen missing days at most, or that none is', () => {
    const missing = days(16).missing;
    const text = markdown({ comparison: { ...COMPARISON, missing } });
    expect(text).toContain('2026-11-14 …. A change is not given');
    expect(markdown({ comparison: { ...COMPARISON, missing: [] } })).toContain(
      'No day is missing on either side.',
    );
  });

  it('leave the table of workloads out without an allocation, and know no share without a cost', () => {
    expect(markdown({ allocation: null })).not.toContain('Cost by workload');
    const unknown = { currency: 'USD', share: null, rows: [] };
    expect(markdown({ allocation: unknown })).toContain(
      'Allocated share of the known cost: unknown.',
    );
  });

  it('say what became of each smoke test and document', () => {
    const smoke = (reasons: readonly string[]) =>
      one({
        smoke: 'chat',
        environment: 'staging',
        happy: { outcome: 'pass' },
        error: { outcome: 'fail' },
        reasons,
      });
    expect(markdown({ smoke: smoke([]) })).toContain(
      'chat in staging: happy path pass, error path fail\n',
    );
    expect(markdown({ smoke: smoke(['smoke-assertion']) })).toContain(
      'error path fail (the answer has another shape than documented)',
    );
    const documents = [
      { document: 'a', state: 'same', outcome: 'pass', reasons: [] },
      { document: 'b', state: 'same', outcome: 'fail', reasons: ['claim-broken'] },
      { document: 'c', state: 'new', outcome: 'inconclusive', reasons: [] },
    ] as never;
    const text = markdown({ documents });
    expect(text).toContain('1 of 3 read the same as the text that a role accepted.');
    expect(text).toMatch(/- b: same, .+\n- c: new\n/);
  });

  it('draw a month of small costs, and forecasts without a band', () => {
    const many = Array.from({ length: 30 }, (_, index) => ({
      date: `2026-11-${String(index + 1).padStart(2, '0')}`,
      before: `2026-10-${String(index + 1).padStart(2, '0')}`,
      current: '0.031',
      previous: null,
    }));
    const comparison = { ...COMPARISON, days: many, measures: [] };
    const forecast = { method: 'run-rate', total: '91' } as const;
    const html = rendered('html', { comparison, budgets: [budget('labs', { forecast })] });
    expect(html).toContain('in all unknown');
    expect(html).toContain('USD 0.050');
    expect(html.match(/class="small"/g)).toHaveLength(10);
    expect(html.match(/class="band"[^>]*width="3"/g)).toHaveLength(1);
  });
});
