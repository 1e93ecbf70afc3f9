import { Parser } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { agendaOf } from './agenda.ts';
import { weeklyGlance } from './glance.ts';
import type { WeeklyPage } from './page.ts';
import { base, budget, coverage, owner } from './testing.ts';
import { headline } from './sections.ts';
import { renderWeekly } from './render-weekly.ts';

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
