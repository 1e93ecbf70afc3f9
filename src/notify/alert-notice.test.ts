import { describe, expect, it } from 'vitest';
import type { RecordOf } from '../evidence/index.ts';
import { Plan } from '../plan/schema/plan.ts';
import { noticeFromAlert } from './alert-notice.ts';
import { digestNotice } from './digest-notice.ts';
import { noticeFromRestatement } from './restatement-notice.ts';

const alert: RecordOf<'alert'> = {
  kind: 'alert',
  alert: `sha256:${'ab'.repeat(32)}`,
  budget: 'monthly',
  rules: ['over', 'near'],
  severity: 'critical',
  period: { start: '2026-10-31T23:00:00Z', end: '2026-11-30T23:00:00Z', zone: 'Europe/Berlin' },
  asOf: '2026-11-23T08:00:00Z',
  amount: '1200',
  spend: { value: '1260.005', knownRows: 93, totalRows: 100 },
  share: '1.050004166666666667',
  currency: 'USD',
  owner: 'finops',
  channels: ['outbox'],
  held: [],
};

const planWith = (title: string, owner = 'FinOps'): Plan =>
  Plan.parse({
    version: 1,
    owner: 'finops',
    owners: [{ id: 'finops', title: owner, notify: ['outbox'] }],
    providers: [],
    notify: [{ id: 'outbox', kind: 'file', path: 'outbox' }],
    documents: [],
    assumptions: [],
    metrics: [],
    budgets: [
      {
        id: 'monthly',
        title,
        owner: 'finops',
        amount: '1200.00',
        rules: [{ id: 'over', basis: 'actual', at: 1, severity: 'critical' }],
      },
    ],
  });
const plan = planWith('All usage');
const REF = `sha256:${'cd'.repeat(32)}`;

describe('noticeFromAlert', () => {
  it('says spend, period, coverage, owner, next action and where the record is', () => {
    const notice = noticeFromAlert(alert, plan, REF);
    expect(notice.id).toBe(`alert-${'ab'.repeat(32)}`);
    expect(notice.text).toBe(
      [
        'All usage: at least 105 % of the budget',
        '',
        'Spend: at least USD 1,260.005 of USD 1,200.00 (at least 105 %)',
        'Period: 2026-11-01 to 2026-11-30 (Europe/Berlin)',
        'As of: 2026-11-23T08:00:00Z',
        'Coverage: cost known for 93 % of rows (93 of 100)',
        'Thresholds: over, near (critical)',
        'Owner: FinOps',
        'Next action: escalate the review (the amount is reached, the owner decides)',
        `Record: spendproof ledger show ${REF}`,
        'Note: a budget alerts, it does not cap',
        '',
      ].join('\n'),
    );
  });

  it('says what a forecast says, how likely and how well tested, and names it in the title', () => {
    const ahead: RecordOf<'alert'> = {
      ...alert,
      rules: ['will-pass'],
      basis: 'forecast',
      spend: { value: '600', knownRows: 10, totalRows: 10 },
      share: '0.5',
      forecast: {
        method: 'pool',
        total: '1300',
        low: '1250',
        high: '1400',
        chance: '0.93',
        expectedOn: '2026-11-28',
        likelyOn: '2026-11-29',
        test: { origins: 84, wape: '0.06', mase: '0.7', bias: '0.01', coverage: '0.81' },
      },
    };
    const { title, text, payload } = noticeFromAlert(ahead, plan, REF);
    expect(title).toBe('All usage: forecast USD 1,300.00 of USD 1,200.00');
    expect(text).toContain('Forecast: USD 1,300.00 (USD 1,250.00 to USD 1,400.00)');
    expect(text).toContain('Chance: 93 % that the amount is reached, expected on 2026-11-28');
    expect(text).toContain('Forecast tested: off by 6 % of the sum at 84 earlier days');
    expect(payload).toMatchObject({ data: { basis: 'forecast', forecast: { chance: '0.93' } } });
  });

  it('says of a forecast that no history bears out only what it is', () => {
    const forecast = { method: 'run-rate', total: '1300' } as const;
    const early = noticeFromAlert({ ...alert, basis: 'actual', forecast }, plan, REF);
    expect(early.text).toContain('Forecast: ');
    expect(early.text).not.toContain('Chance: ');
    expect(early.payload).toMatchObject({
      data: {
        forecast: {
          ...forecast,
          low: null,
          high: null,
          chance: null,
          expectedOn: null,
        },
      },
    });
  });

  it('names no day where the amount may never be reached', () => {
    const forecast = { method: 'pool', total: '900', chance: '0.02', expectedOn: null } as const;
    const { text } = noticeFromAlert({ ...alert, forecast }, plan, REF);
    expect(text).toContain('Chance: 2 % that the amount is reached\n');
  });

  it('says that a forecast fired, where the record does not hold it', () => {
    expect(noticeFromAlert({ ...alert, basis: 'forecast' }, plan, REF).title).toBe(
      'All usage: the forecast passes the amount, at least 105 % of the budget so far',
    );
  });

  it('asks for no review of an amount that nobody knows', () => {
    const { text, payload } = noticeFromAlert({ ...alert, amount: null, share: null }, plan, REF);
    expect(text).toContain('Spend: at least USD 1,260.005 of an unknown amount (unknown)');
    expect(payload).toMatchObject({ data: { amount: null, nextAction: 'keep-monitoring' } });
  });

  it.each([
    ['burn', 'money goes faster than the amount allows, at least 105 % of the budget so far'],
    ['freshness', 'the usage data ends at 2026-11-23T08:00:00Z'],
    ['coverage', 'days or rows of usage are missing'],
  ] as const)('names in the title what a %s rule found', (basis, words) => {
    expect(noticeFromAlert({ ...alert, basis }, plan, REF).title).toBe(`All usage: ${words}`);
  });

  it("ends with the budget's own words", () => {
    const [budget] = plan.budgets;
    if (budget === undefined) throw new Error('no budget');
    const message = 'Open the runbook; no model change without a review.';
    const worded = { ...plan, budgets: [{ ...budget, message }] };
    expect(noticeFromAlert(alert, worded, REF).text).toContain(`\nMessage: ${message}\n`);
  });

  it('labels held assumptions in every form', () => {
    const held = [{ assumption: 'unit-conversion', since: '2026-11-20' }];
    const notice = noticeFromAlert({ ...alert, held }, plan, REF);
    expect(notice.text).toContain('Assumptions: held since 2026-11-20 (unit-conversion)');
    expect(notice.markdown).toContain('held since 2026-11-20 (unit-conversion)');
    expect(notice.payload).toMatchObject({ data: { held } });
  });

  it('keeps exact amounts in the payload', () => {
    expect(noticeFromAlert(alert, plan, REF).payload).toMatchObject({
      type: 'budget.alert',
      timestamp: alert.asOf,
      data: { spend: alert.spend, share: alert.share, amount: '1200', record: REF },
    });
  });

  it('says unknown, not zero, when no cost is known', () => {
    const spend = { value: null, knownRows: 0, totalRows: 7 };
    const { text, title } = noticeFromAlert({ ...alert, spend, share: null }, plan, null);
    expect(title).toBe('All usage: a threshold is crossed');
    expect(text).toContain('Spend: unknown of USD 1,200.00 (unknown)');
    expect(text).toContain('cost known for 0 % of rows (0 of 7)');
    expect(text).toContain('Next action: keep monitoring');
    expect(text).toContain('Record: not recorded yet');
  });

  it('says no rows where there are none', () => {
    const spend = { value: null, knownRows: 0, totalRows: 0 };
    const { text } = noticeFromAlert({ ...alert, spend, share: null }, plan, null);
    expect(text).toContain('Coverage: no rows');
  });

  it('never rounds incomplete coverage up to the whole', () => {
    const spend = { value: '600', knownRows: 99_999, totalRows: 100_000 };
    const { text } = noticeFromAlert({ ...alert, spend, share: '0.5' }, plan, REF);
    expect(text).toContain('cost known for 99.9 % of rows');
    expect(text).toContain('at least 50 %');
  });

  it('drops "at least" when everything is known', () => {
    const spend = { value: '600', knownRows: 5, totalRows: 5 };
    const { text } = noticeFromAlert({ ...alert, spend, share: '0.5' }, plan, REF);
    expect(text).toContain('Spend: USD 600.00 of USD 1,200.00 (50 %)');
    expect(text).toContain('Next action: keep monitoring');
  });

  it.each([
    ['1199.99', '1200', 'keep-monitoring'],
    ['1200', '1200', 'escalate-review'],
    ['0', '0', 'keep-monitoring'],
    ['0.01', '0', 'escalate-review'],
  ])('asks for a review of spend %s of %s: %s', (value, amount, nextAction) => {
    const spend = { value, knownRows: 1, totalRows: 1 };
    const notice = noticeFromAlert({ ...alert, spend, amount }, plan, REF);
    expect(notice.payload).toMatchObject({ data: { nextAction } });
  });

  it('names ids where the plan has no title for them', () => {
    const notice = noticeFromAlert({ ...alert, budget: 'gone', owner: 'gone-role' }, plan, REF);
    expect(notice.title).toContain('gone: ');
    expect(notice.text).toContain('Owner: gone-role');
  });

  it('lets no title format, link, mention or begin a tag', () => {
    const hostile = '<b>x</b> [a](https://e.example) @team `c` *d*';
    const { markdown } = noticeFromAlert(alert, planWith(hostile, hostile), REF);
    for (const raw of ['<b>', ' [a]', 'https://', ' @team', ' `c`', ' *d*']) {
      expect(markdown).not.toContain(raw);
    }
    expect(markdown).toContain('&lt;b&gt;x&lt;/b&gt;');
  });
});

describe('what happens to an alert', () => {
  const told = {
    notice: `sha256:${'ef'.repeat(32)}`,
    step: 0,
    to: 'finops',
    at: '2026-11-24T08:00:00Z',
  };
  const noticeOfEvent = (transition: 'fired' | 'escalated' | 'resolved') =>
    noticeFromAlert(alert, plan, REF, {
      ...told,
      transition,
      step: transition === 'escalated' ? 1 : 0,
    });

  it('has an id of its own, and the subject and labels of the alert', () => {
    const notices = [noticeOfEvent('fired'), noticeOfEvent('escalated'), noticeOfEvent('resolved')];
    for (const notice of notices) {
      expect(notice.id).toBe(`notice-${'ef'.repeat(32)}`);
      expect(notice.subject).toBe(`alert-${'ab'.repeat(32)}`);
      expect(notice.thread).toBe('budget-monthly');
      expect(notice.labels).toEqual(noticeFromAlert(alert, plan, REF).labels);
    }
    expect(notices.map(({ state }) => state)).toEqual(['firing', 'firing', 'resolved']);
  });

  it('says that nobody acknowledged it, or that it is over', () => {
    expect(noticeOfEvent('escalated').text).toContain(
      'Escalation: step 1, to FinOps: nobody acknowledged it in time',
    );
    const gone = { ...told, transition: 'escalated', step: 2, to: 'gone-role' } as const;
    expect(noticeFromAlert(alert, plan, REF, gone).text).toContain('step 2, to gone-role:');
    expect(noticeOfEvent('resolved').text).toMatch(/^Over: All usage.*\n\nOver: since 2026-11-24/);
    expect(noticeOfEvent('resolved').payload).toMatchObject({
      data: { transition: 'resolved', to: 'finops' },
    });
  });
});

describe('noticeFromRestatement', () => {
  const body: RecordOf<'restatement'> = {
    kind: 'restatement',
    alert: alert.alert,
    budget: 'monthly',
    period: alert.period,
    asOf: '2026-12-03T08:00:00Z',
    verdict: REF,
    before: { value: '1204', knownRows: 9, totalRows: 9 },
    spend: { value: '1231', knownRows: 8, totalRows: 9 },
    amount: '1200',
    share: '1.025833333333333333',
    currency: 'USD',
    owner: 'finops',
    channels: ['outbox'],
    held: [],
  };

  it('says what was signed and what is known now', () => {
    const notice = noticeFromRestatement(body, plan, REF, `sha256:${'01'.repeat(32)}`);
    expect(notice.title).toBe('Restated: All usage, 2026-11-01 to 2026-11-30');
    expect(notice.text).toContain(
      'Signed: USD 1,204.00\nKnown now: at least USD 1,231.00 of USD 1,200.00 (102.5 %)',
    );
    expect(notice.payload).toMatchObject({ type: 'budget.restated', data: { record: REF } });
  });

  it('says unknown, not zero, names ids without a title, and labels what is held', () => {
    const unknown = {
      ...body,
      budget: 'gone',
      owner: 'gone-role',
      spend: { value: null, knownRows: 0, totalRows: 9 },
      amount: null,
      share: null,
      held: [{ assumption: 'unit-conversion', since: '2026-11-20' }],
    };
    const { title, text } = noticeFromRestatement(unknown, plan, REF, `sha256:${'01'.repeat(32)}`);
    expect(title).toBe('Restated: gone, 2026-11-01 to 2026-11-30');
    expect(text).toContain('Known now: unknown of an unknown amount\n');
    expect(text).toContain('Assumptions: held since 2026-11-20 (unit-conversion)\n');
    expect(text).toContain('Owner: gone-role\n');
  });
});

describe('digestNotice', () => {
  const [one, two] = [
    noticeFromAlert(alert, plan, REF),
    noticeFromAlert({ ...alert, alert: `sha256:${'12'.repeat(32)}`, severity: 'info' }, plan, REF),
  ];

  it('is the same for the same notices in any order, as grave as the gravest', () => {
    const digest = digestNotice([one, two], alert.asOf);
    expect(digestNotice([two, one], alert.asOf).id).toBe(digest.id);
    expect([digest.severity, digest.state, digest.title]).toEqual([
      'critical',
      'firing',
      `2 notices: ${one.title}, and 1 more`,
    ]);
    expect(digest.facts.filter(([name]) => name === 'Record')).toHaveLength(2);
  });

  it('is over when all of them are', () => {
    const over = { ...one, state: 'resolved' } as const;
    expect(digestNotice([over, { ...two, state: 'resolved' }], alert.asOf).state).toBe('resolved');
    expect(digestNotice([over, two], alert.asOf).state).toBe('firing');
  });

  it('leaves a single notice as it is', () => {
    expect(digestNotice([one], alert.asOf)).toBe(one);
  });
});
