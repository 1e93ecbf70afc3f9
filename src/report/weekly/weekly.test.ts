import { Parser } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../core/index.ts';
import { agendaOf } from './agenda.ts';
import { weeklyGlance } from './glance.ts';
import type { WeeklyPage } from './page.ts';
import { headline } from './sections.ts';
import { renderWeekly } from './render-weekly.ts';

const HOSTILE = '<img src=x onerror=alert(1)> & "q" | [a](b) \u202e\u001b[2J';
const PERIOD = { start: '2026-11-16T00:00:00Z', end: '2026-11-23T00:00:00Z', zone: 'UTC' };
const MONTH = { start: '2026-11-01T00:00:00Z', end: '2026-12-01T00:00:00Z', zone: 'UTC' };
const coverage = { expected: 7, present: 6, missing: ['2026-11-18'], completeThrough: null };
const sum = (value: string | null) => ({ value, knownRows: value === null ? 0 : 9, totalRows: 9 });

const budget = (
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
const base: Omit<WeeklyPage, 'agenda'> = {
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
const owner = () => 'ai-platform';
const agenda = agendaOf({
  ...base,
  anomalies: ['Cost on 2026-11-20 was about USD 400.00, its weekday usually brings USD 120.00'],
  owners: { plan: 'finops', budget: owner, document: owner, smoke: owner },
});
const page: WeeklyPage = { ...base, agenda };

describe('the agenda', () => {
  it('puts what needs a decision first, each item with an owner and a command', () => {
    expect(agenda.map(({ weight, what }) => `${weight} ${what}`)).toEqual([
      'act Labs: 131.2 % of the amount is spent',
      'act Blind cannot be judged: no usage of the period has been imported',
      'act Labs: a notice did not arrive by chat',
      'act Labs: nobody has acknowledged the critical alert of 2026-11-20T08:00:00Z (over)',
      'act Document pricing is changed: the text of a page changed',
      'act Assumption held since 2026-11-20 (unit)',
      'look No usage of 2026-11-18',
      'look Cost on 2026-11-20 was about USD 400.00, its weekday usually brings USD 120.00',
      'look The review that was due at 2026-11-09T08:00:00Z was missed',
      'note Consider reviewing twice a week: a forecast missed by more than 20 % in the last four weeks',
    ]);
    expect(agenda[0]).toMatchObject({
      owner: 'ai-platform',
      command: 'spendproof budget explain labs',
    });
  });
});

const one = (body: object): readonly never[] => [body as never];

describe('the numbers at a glance', () => {
  const tones = (over: Partial<WeeklyPage>) =>
    weeklyGlance({ ...page, ...over }).map(
      ({ label, value, tone }) => `${label}: ${value} ${tone}`,
    );

  it('are the cost, what the budgets hold, the alerts that wait and the days that were seen', () => {
    expect(tones({})).toEqual([
      expect.stringMatching(/^Cost: at least USD |^Cost: USD /),
      'Budgets: 1 of 3 hold bad',
      'Alerts not acknowledged: 1 bad',
      expect.stringMatching(/^Usage seen: \d+ of \d+ days watch$/),
    ]);
  });

  it('warn of a budget that holds and is on the way over', () => {
    const ahead = budget('monthly', { reasons: ['forecast-over'] });
    const [found] = weeklyGlance({ ...page, budgets: [ahead] }).filter(
      ({ label }) => label === 'Budgets',
    );
    expect(found).toMatchObject({ value: '1 of 1 hold', note: '1 on the way over', tone: 'watch' });
  });

  it('are calm when nothing waits', () => {
    expect(tones({ budgets: [budget('monthly', {})], alerts: [] })).toEqual(
      expect.arrayContaining(['Budgets: 1 of 1 hold good', 'Alerts not acknowledged: 0 good']),
    );
  });
});

describe('the headline', () => {
  it('does not give what to watch as the reason for passing', () => {
    const body = { ...page.review.body, outcome: 'pass', reasons: ['forecast-over'] } as const;
    expect(headline({ ...page, review: { ...page.review, body } })).toContain(
      'ended pass. To watch: the forecast passes the amount. Next action:',
    );
  });
});

describe('items of the agenda', () => {
  const itemsOf = (over: Partial<WeeklyPage>) =>
    agendaOf({
      ...base,
      budgets: [],
      alerts: [],
      documents: [],
      missed: [],
      forecasts: [],
      ...over,
      anomalies: [],
      owners: { plan: 'finops', budget: owner, document: owner, smoke: owner },
    }).map(({ weight, what }) => `${weight} ${what}`);
  const document = (state: string, outcome: string, reasons: string[]) =>
    one({ document: 'help', state, outcome, reasons });

  it.each([
    ['look Document help has not been read', document('new', 'inconclusive', ['document-new'])],
    [
      'look Document help: a page could not be read',
      document('unreadable', 'inconclusive', ['document-unreadable']),
    ],
    ['act Document help is same', document('same', 'fail', ['claim-broken'])],
  ])('%s', (start, documents) => {
    expect(itemsOf({ documents }).some((item) => item.startsWith(start))).toBe(true);
  });

  it('names smoke tests and metrics that did not pass, and thresholds that were crossed', () => {
    const smoke = one({
      smoke: 'chat',
      outcome: 'fail',
      reasons: ['smoke-assertion'],
    });
    const metrics = one({
      metric: 'cost-per-seat',
      outcome: 'fail',
      change: '0.2',
      reasons: [],
    });
    const rules = [
      { rule: 'near', basis: 'actual', at: '0.5', severity: 'info', state: 'crossed' },
    ] as const;
    const items = itemsOf({ smoke, metrics, budgets: [budget('labs', { rules })] });
    expect(items).toContain(
      'act Smoke test chat fail: the answer has another shape than documented',
    );
    expect(items).toContain('look Metric cost-per-seat fail (+20.0 %)');
    expect(items).toContain('look Labs: 62.5 % spent, crossed near');
  });

  it('is empty when all is well', () => {
    const quiet = {
      ...base.review,
      body: {
        ...base.review.body,
        held: [],
        usage: { ...base.review.body.usage, coverage: { ...coverage, missing: [] } },
      },
    };
    const fine = document('same', 'pass', []);
    expect(itemsOf({ review: quiet, documents: fine, budgets: [budget('monthly', {})] })).toEqual(
      [],
    );
  });
});

interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

function tagsOf(html: string): { readonly tags: readonly Tag[]; readonly open: readonly string[] } {
  const VOID = new Set(['meta', 'rect', 'line']);
  const tags: Tag[] = [];
  const open: string[] = [];
  const parser = new Parser({
    onopentag: (name, attributes) => {
      tags.push({ name, attributes });
      if (!VOID.has(name)) open.push(name);
    },
    onclosetag: (name, isImplied) => {
      if (VOID.has(name)) return;
      if (isImplied || open.pop() !== name) open.push(`unclosed ${name}`);
    },
  });
  parser.end(html);
  return { tags, open };
}

describe('the page in HTML', () => {
  const html = renderWeekly('html', page).text;
  const { tags, open } = tagsOf(html);
  const named = (name: string) => tags.filter((tag) => tag.name === name);

  it('closes every element and loads nothing from anywhere', () => {
    expect(tags.length).toBeGreaterThan(100);
    expect(open).toEqual([]);
    for (const name of ['script', 'img', 'link', 'iframe', 'object', 'use', 'image']) {
      expect(named(name)).toEqual([]);
    }
    expect(
      tags
        .flatMap(({ attributes }) => Object.keys(attributes))
        .filter((name) => name.startsWith('on')),
    ).toEqual([]);
    const addresses = tags.flatMap(({ attributes }) => [attributes['href'], attributes['src']]);
    expect(
      addresses.filter((address) => address !== undefined && !address.startsWith('#')),
    ).toEqual([]);
    expect(html).not.toMatch(/url\(|@import/);
  });

  it('turns no name into markup, and shows what would hide text', () => {
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(html).not.toContain('\u202e');
    expect(html).toContain('\\u{202e}');
  });

  it('names its language, its parts, its tables and its pictures for a screen reader', () => {
    expect(named('html')[0]?.attributes['lang']).toBe('en');
    expect(named('h1')).toHaveLength(1);
    expect(named('main')).toHaveLength(1);
    expect(named('caption')).toHaveLength(named('table').length);
    for (const { attributes } of named('th')) expect(attributes['scope']).toMatch(/^(col|row)$/);
    expect(named('svg')).toHaveLength(2);
    const ids = new Set(tags.map(({ attributes }) => attributes['id']));
    for (const { attributes } of [...named('svg'), ...named('section')]) {
      for (const id of (attributes['aria-labelledby'] ?? 'none').split(' '))
        expect(ids.has(id)).toBe(true);
    }
    for (const { attributes } of named('a')) {
      expect(ids.has((attributes['href'] ?? '').slice(1))).toBe(true);
    }
  });

  it('draws no bar for a day that was not measured, and a table stands beside each picture', () => {
    const bars = tags.filter(
      ({ attributes }) => attributes['class'] === 'now' && attributes['height'] !== '14',
    );
    expect(bars).toHaveLength(6);
    expect(html).toContain('>?</text>');
    expect(html).toContain('<td class="right">missing</td>');
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('reads well in every colour scheme: text has a contrast of 4.5 at least', () => {
    const schemes = [...html.matchAll(/:root\{([^}]*)\}/g)].map(([, text = '']) =>
      Object.fromEntries(text.split(';').map((entry) => entry.split(':') as [string, string])),
    );
    const screen = schemes.filter((colours) => colours['color-scheme'] === undefined);
    expect(screen).toHaveLength(2);
    for (const colours of screen) {
      for (const name of ['--ink', '--soft', '--now', '--over', '--pass', '--wait']) {
        const ratio = contrast(colours[name] ?? '', colours['--paper'] ?? '');
        expect([name, ratio >= 4.5]).toEqual([name, true]);
      }
    }
  });
});

describe('the page in Markdown and JSON', () => {
  it('says the same without pictures', () => {
    const { text } = renderWeekly('markdown', page);
    expect(text).toContain('# Token budget review 2026-W47: fail');
    expect(text).toContain('| act | Labs: 131.2 % of the amount is spent | ai-platform |');
    expect(text).toContain('after 5 h by finops');
    expect(text).toContain('Allocated share of the known cost: 92.5 %.');
    expect(text).toContain('Cosigned by example.com/team/finance.');
    expect(text).toContain('| unallocated/unknown-workload | unknown |');
    expect(text).toContain('| Wed 2026-11-18 | missing | 2026-11-11 | USD 117.00 |');
    expect(text).toContain('The 80 % band held 0 of 1 times.');
    expect(text).toContain('Reconciled with an invoice: never.');
    expect(text).toContain('&lt;img src=x');
    expect(text).not.toContain('<img');
  });

  it('says which addresses of this machine the plan lets be asked without TLS', () => {
    for (const format of ['html', 'markdown'] as const) {
      const line = 'This plan allows plain HTTP at';
      expect(renderWeekly(format, page).text).toContain(`${line} 127.0.0.1:8080.`);
      expect(renderWeekly(format, { ...page, loopback: [] }).text).not.toContain(line);
    }
  });

  it('keeps exact values for machines', () => {
    const { text, mediaType } = renderWeekly('json', page);
    expect(mediaType).toBe('application/json');
    expect(JSON.parse(text)).toMatchObject({
      schema: 'spendproof/weekly/v1',
      comparison: { measures: [{ measure: 'cost', current: { value: '812.4' } }, {}, {}] },
    });
  });

  it('says of an empty week that there is nothing', () => {
    const empty: WeeklyPage = {
      ...page,
      agenda: [],
      comparison: null,
      allocation: null,
      budgets: [],
      forecasts: [],
      alerts: [],
      documents: [],
      missed: [],
    };
    const { text } = renderWeekly('markdown', empty);
    for (const words of [
      'Nothing needs a decision.',
      'No usage is imported.',
      'No budget was judged.',
      'No alert in the last four weeks.',
      'No document was read.',
    ]) {
      expect(text).toContain(words);
    }
    expect(tagsOf(renderWeekly('html', empty).text).open).toEqual([]);
  });
});

/** WCAG 2.2, relative luminance. */
function contrast(left: string, right: string): number {
  const luminance = (colour: string): number => {
    const hex = colour.length === 4 ? colour.replace(/[0-9a-f]/g, '$&$&') : colour;
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low = 0, high = 0] = [luminance(left), luminance(right)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}
