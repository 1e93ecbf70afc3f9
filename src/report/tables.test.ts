import { describe, expect, it } from 'vitest';
import type { Plan } from '../plan/index.ts';
import { cell, shown, TABLE_WRITERS, type TableContent } from './table.ts';
import {
  type BudgetRow,
  budgetTable,
  contractTable,
  type DocumentRow,
  documentTable,
  type MetricRow,
  metricTable,
} from './tables.ts';

const PERIOD = {
  start: '2026-10-31T23:00:00Z',
  end: '2026-11-30T23:00:00Z',
  zone: 'Europe/Berlin',
};
const DAYS = { expected: 22, present: 22, missing: [], completeThrough: null };

const TABLE: TableContent = {
  columns: [
    { key: 'name', title: 'Name', align: 'left' },
    { key: 'spend', title: 'Spend', align: 'right' },
  ],
  rows: [
    [cell('検索'), shown('1204.5', 'USD 1,204.50')],
    [cell('=a|b,"c"\u001b[2J'), cell(null)],
    [cell('ab'), shown('-3', 'USD -3.00')],
  ],
};

describe('tables', () => {
  it('aligns by the columns that characters take on a terminal', () => {
    expect(TABLE_WRITERS.terminal(TABLE)).toBe(
      [
        'Name                      Spend',
        '検索               USD 1,204.50',
        '=a|b,"c"\\u{1b}[2J             –',
        'ab                    USD -3.00',
        '',
      ].join('\n'),
    );
  });

  it('gives scripts exact values, and nothing where nothing is known', () => {
    expect(TABLE_WRITERS.csv(TABLE)).toBe(
      'name,spend\r\n検索,1204.5\r\n"\'=a|b,""c""\\u{1b}[2J",\r\nab,-3\r\n',
    );
    expect(JSON.parse(TABLE_WRITERS.json(TABLE))).toEqual([
      { name: '検索', spend: '1204.5' },
      { name: '=a|b,"c"\u001b[2J', spend: null },
      { name: 'ab', spend: '-3' },
    ]);
  });

  it('keeps cells of Markdown apart, whatever is in them', () => {
    const lines = TABLE_WRITERS.markdown(TABLE).trimEnd().split('\n');
    expect(lines[1]).toBe('| --- | ---: |');
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line.match(/(?<!\\)\|/g)).toHaveLength(3);
  });

  it('writes no cell for a value that a row lacks', () => {
    expect(JSON.parse(TABLE_WRITERS.json({ ...TABLE, rows: [[cell('a')]] }))).toEqual([
      { name: 'a', spend: null },
    ]);
  });
});

const METRIC: MetricRow = {
  metric: 'cost-per-seat',
  outcome: 'inconclusive',
  reasons: ['denominator-missing'],
  missing: ['export:quota'],
  period: PERIOD,
  value: null,
  currency: 'USD',
  scale: 1,
  numerator: { value: '10', knownRows: 1, totalRows: 2 },
  costBasis: 'charged',
  denominator: { value: null, knownRows: 0, totalRows: 2 },
  counted: 'seats',
  exports: ['quota'],
  coverage: { ...DAYS, expected: 1, present: 1 },
  previous: null,
  change: null,
};

describe('metricTable', () => {
  it('says unknown and at least, never zero', () => {
    expect(TABLE_WRITERS.markdown(metricTable([METRIC]))).toContain(
      '| cost-per-seat | unknown | – | at least USD 10.00 (50 % of rows) | unknown | 1 of 1 day | ' +
        'inconclusive: what the cost is divided by is not known |',
    );
    const unknown = { ...METRIC, numerator: { value: null, knownRows: 0, totalRows: 2 } };
    expect(TABLE_WRITERS.csv(metricTable([unknown]))).toContain('cost-per-seat,,,,,1 of 1 day,');
  });

  it('names one unit in the singular', () => {
    const known: MetricRow = {
      ...METRIC,
      value: '2.5',
      outcome: 'pass',
      reasons: [],
      denominator: { value: '4', knownRows: 1, totalRows: 2 },
    };
    const line = TABLE_WRITERS.terminal(metricTable([known]));
    expect(line).toContain('USD 2.50 per seat');
    expect(line).toContain('at least 4 seats');
  });
});

const BUDGET: BudgetRow = {
  budget: 'monthly',
  verdict: 'inconclusive',
  reasons: ['no-data'],
  missing: [],
  period: PERIOD,
  asOf: '2026-11-23T08:00:00Z',
  final: false,
  currency: 'USD',
  costBasis: 'charged',
  amount: '1200.00',
  spend: { value: null, knownRows: 0, totalRows: 0 },
  share: null,
  rules: [],
  forecast: null,
  exports: [],
  coverage: { ...DAYS, present: 0 },
};

describe('budgetTable', () => {
  it('shows no data as unknown, under the title of the plan or else the id', () => {
    const plan: Pick<Plan, 'budgets'> = { budgets: [] };
    expect(TABLE_WRITERS.markdown(budgetTable([BUDGET], plan))).toContain(
      '| monthly | 2026-11-01 to 2026-11-30 | unknown | USD 1,200.00 | – | – | ' +
        '0 of 22 days, as of 2026-11-23T08:00:00Z | ' +
        'inconclusive: no usage of the period has been imported |',
    );
  });

  it('says that a verdict is final', () => {
    const closed: BudgetRow = { ...BUDGET, verdict: 'ok', reasons: [], final: true };
    expect(TABLE_WRITERS.csv(budgetTable([closed], { budgets: [] }))).toMatch(/"ok, final"\r\n$/);
  });

  it('names a day by itself', () => {
    const period = { ...PERIOD, end: '2026-11-01T23:00:00Z' };
    const held = [{ assumption: 'gateway-unit', since: '2026-11-23' }];
    const line = TABLE_WRITERS.terminal(
      budgetTable([{ ...BUDGET, period, held }], { budgets: [] }),
    );
    expect(line).toContain('2026-11-01  ');
    expect(line).toContain('held since 2026-11-23 (gateway-unit)');
  });
});

const DOCUMENT: Plan['documents'][number] = {
  id: 'help',
  kind: 'page',
  url: 'https://docs.example.com/help',
  purpose: 'Verify support areas',
  owner: 'finops',
  alternates: [],
  hosts: [],
  mustContain: [],
  freshness: { maxAge: '9d' },
  fetch: { spacing: '1s', perHost: 2, confirmAfter: '60s', timeout: '30s', render: 'auto' },
  keep: 'digests',
  retention: '90d',
  claims: [
    { id: 'bare', kind: 'heading', text: 'No row' },
    { id: 'support-path', kind: 'heading', text: 'Help', wording: 'Route questions there.' },
  ],
};
const PLAN: Pick<Plan, 'documents'> = { documents: [DOCUMENT] };
const NOTHING_CHANGED = { cosmetic: 0, editorial: 0, identifier: 0, value: 0, structural: 0 };
const CHECK: DocumentRow = {
  document: 'help',
  outcome: 'pass',
  reasons: [],
  missing: [],
  state: 'same',
  detail: 'unchanged',
  fresh: true,
  accessedAt: '2026-11-23T08:00:00Z',
  status: 200,
  redirects: 0,
  representation: 'html',
  normaliser: 'html-1',
  raw: null,
  content: null,
  outline: null,
  links: null,
  accepted: { content: 'sha256:0', by: 'finops', on: '2026-11-16' },
  changes: NOTHING_CHANGED,
  claims: [{ claim: 'support-path', result: 'holds' }],
};

describe('contractTable', () => {
  const stateWith = (...checks: readonly DocumentRow[]): unknown => {
    const rows: { state: string }[] = JSON.parse(TABLE_WRITERS.json(contractTable(checks, PLAN)));
    expect(rows).toHaveLength(1);
    return rows[0]?.state;
  };

  it('has one row for each claim with a wording, with the id and purpose where the plan is short', () => {
    expect(TABLE_WRITERS.markdown(contractTable([CHECK], PLAN))).toContain(
      '| support-path | Verify support areas | <https://docs.example.com/help> | 2026-11-23 | ' +
        'Route questions there. | verified |',
    );
  });

  it('calls verified only what holds, is fresh and is accepted', () => {
    expect(stateWith(CHECK)).toBe('verified');
    expect(stateWith({ ...CHECK, fresh: false })).toBe('stale');
    expect(stateWith({ ...CHECK, outcome: 'inconclusive', state: 'new' })).toBe('not accepted');
    const result = (outcome: 'broken' | 'not-evaluable') =>
      stateWith({ ...CHECK, claims: [{ claim: 'support-path', result: outcome }] });
    expect(result('broken')).toBe('broken');
    expect(result('not-evaluable')).toBe('not evaluable');
    expect(stateWith({ ...CHECK, claims: [] })).toBe('not checked');
    expect(stateWith()).toBe('not checked');
  });
});

describe('documentTable', () => {
  it('says why a page could not be read, as docs/documents.md names it', () => {
    const closed: DocumentRow = {
      ...CHECK,
      state: 'unreadable',
      detail: 'blocked',
      outcome: 'inconclusive',
      reasons: ['document-unreadable'],
    };
    expect(TABLE_WRITERS.csv(documentTable([closed], PLAN))).toContain(
      'help,unreadable (blocked): a page could not be read,',
    );
  });

  it('lists the documents of the plan, read or not', () => {
    expect(TABLE_WRITERS.csv(documentTable([], PLAN))).toBe(
      'document,state,accessed,accepted\r\nhelp,not checked,,not yet\r\n',
    );
    const gone: DocumentRow = {
      ...CHECK,
      state: 'gone',
      outcome: 'fail',
      reasons: ['document-gone'],
      fresh: false,
    };
    expect(TABLE_WRITERS.terminal(documentTable([gone], PLAN))).toContain(
      'gone, stale: a page is gone',
    );
  });
});
