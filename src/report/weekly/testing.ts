import { sha256 } from '../../core/index.ts';
import type { WeeklyPage } from './page.ts';

export const HOSTILE = '<img src=x onerror=alert(1)> & "q" | [a](b) \u202e\u001b[2J';
const PERIOD = { start: '2026-11-16T00:00:00Z', end: '2026-11-23T00:00:00Z', zone: 'UTC' };
const MONTH = { start: '2026-11-01T00:00:00Z', end: '2026-12-01T00:00:00Z', zone: 'UTC' };
export const coverage = { expected: 7, present: 6, missing: ['2026-11-18'], completeThrough: null };
export const sum = (value: string | null) => ({
  value,
  knownRows: value === null ? 0 : 9,
  totalRows: 9,
});

export const budget = (
  id: string,
  over: Partial<WeeklyPage['budgets'][number]>,
): WeeklyPage['budgets'][number] => ({
  kind: 'budget-verdict',
  budget: id,
  review: '2026-W47',
  verdict: 'ok',
  reasons: [],
  missing: [],
  period: MONTH,
  asOf: '2026-11-22T22:00:00Z',
  final: false,
  currency: 'USD',
  costBasis: 'charged',
  amount: '100',
  spend: sum('62.5'),
  share: '0.625',
  rules: [],
  forecast: { method: 'pool', total: '91', low: '84', high: '104' },
  exports: ['quota'],
  coverage,
  held: [],
  ...over,
});

const review = {
  kind: 'review',
  review: '2026-W47',
  attempt: '01JD0000000000000000000000',
  trigger: 'cadence',
  period: PERIOD,
  outcome: 'fail',
  exit: 3,
  reasons: ['budget-breached'],
  missing: [],
  nextAction: 'escalate-review',
  owner: 'finops',
  parts: [],
  notCovered: [],
  held: [{ assumption: 'unit', since: '2026-11-20' }],
  usage: { coverage, imports: 1, reconciled: 'never' },
  assertions: {
    patternDocumented: 'pass',
    happyTraceable: 'pass',
    errorSafe: 'pass',
    usageConnected: 'pass',
  },
  notified: [],
};

const DAYS = ['16', '17', '18', '19', '20', '21', '22'];
export const base: Omit<WeeklyPage, 'agenda'> = {
  team: 'ai-platform',
  review: {
    ref: sha256('review'),
    index: 41,
    context: {
      at: '2026-11-23T08:00:00Z',
      operator: 'finops',
      plan: null,
      planFile: null,
      tool: '0.1.0',
    },
    body: review as never,
  },
  ownerTitle: HOSTILE,
  comparison: {
    currency: 'USD',
    from: '2026-11-16',
    until: '2026-11-22',
    beforeFrom: '2026-11-09',
    beforeUntil: '2026-11-15',
    measures: [
      { measure: 'cost', current: sum('812.4'), previous: sum('700'), change: null },
      { measure: 'requests', current: sum('18362'), previous: sum('17000'), change: '0.0801' },
      { measure: 'tokens', current: sum(null), previous: sum(null), change: null },
    ],
    days: DAYS.map((day, index) => ({
      date: `2026-11-${day}`,
      before: `2026-11-${String(Number(day) - 7).padStart(2, '0')}`,
      current: index === 2 ? null : String(100 + index * 13.37),
      previous: String(95 + index * 11),
    })),
    missing: ['2026-11-18'],
  },
  allocation: {
    currency: 'USD',
    share: '0.925',
    rows: [
      { workload: 'search', cost: '750' },
      { workload: 'unallocated/unknown-workload', cost: null },
    ],
  },
  metrics: [],
  budgets: [
    budget('monthly', {}),
    budget('labs', { verdict: 'breached', share: '1.312', spend: sum('131.2'), forecast: null }),
    budget('blind', {
      verdict: 'inconclusive',
      reasons: ['no-data'],
      share: null,
      spend: sum(null),
      forecast: null,
    }),
  ],
  budgetTitles: { monthly: HOSTILE, labs: 'Labs', blind: 'Blind' },
  forecasts: [
    {
      budget: 'monthly',
      asOf: '2026-10-12T00:00:00Z',
      periodEnd: '2026-11-01T00:00:00Z',
      method: 'pool',
      currency: 'USD',
      forecast: '130',
      actual: '100',
      error: '0.3',
      inBand: false,
    },
  ],
  alerts: [
    {
      alert: sha256('a'),
      budget: 'labs',
      rules: ['over'],
      severity: 'critical',
      owner: 'finops',
      at: '2026-11-20T08:00:00Z',
      acknowledgedAt: null,
      acknowledgedBy: null,
      resolvedAt: null,
      reached: ['mail'],
      failed: ['chat'],
    },
    {
      alert: sha256('b'),
      budget: 'monthly',
      rules: ['near'],
      severity: 'warning',
      owner: 'finops',
      at: '2026-11-19T08:00:00Z',
      acknowledgedAt: '2026-11-19T13:10:00Z',
      acknowledgedBy: 'finops',
      resolvedAt: null,
      reached: ['mail'],
      failed: [],
    },
  ],
  smoke: [],
  documents: [
    {
      kind: 'document-check',
      document: 'pricing',
      state: 'changed',
      outcome: 'fail',
      reasons: ['document-changed'],
    } as never,
  ],
  history: [
    { review: '2026-W47', trigger: 'cadence', outcome: 'fail', at: '2026-11-23T08:00:00Z' },
  ],
  missed: ['2026-11-09T08:00:00Z'],
  next: '2026-11-30T08:00:00Z',
  cosigners: ['example.com/team/finance'],
  loopback: ['127.0.0.1:8080'],
};
export const owner = () => 'ai-platform';
