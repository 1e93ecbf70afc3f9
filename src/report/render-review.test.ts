import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { RecordBody, RecordContext, type ReviewBundle } from '../evidence/index.ts';
import { parsePlan, type Plan } from '../plan/index.ts';
import { RENDERERS, type ReportFormat } from './registry.ts';
import { renderReview } from './render-review.ts';

const CASES = ['held-breached', 'pass', 'paused'] as const;
const FOLDER = new URL('../../test/fixtures/report/', import.meta.url);
const FORMATS = {
  json: 'expected.json',
  junit: 'expected.xml',
  markdown: 'expected.md',
  tap: 'expected.tap',
  terminal: 'expected.txt',
} as const satisfies Record<ReportFormat, string>;

const read = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');

function planOf(name: string): Plan {
  const result = parsePlan(read(`${name}/plan.yaml`), {
    file: 'plan.yaml',
    adapters: [
      {
        id: 'cometapi-quota',
        measures: ['requests', 'chargedCost'],
        dimensions: ['day'],
        defaultZone: 'unknown',
        grain: 'day',
        needsConversion: false,
      },
    ],
  });
  if (result.kind === 'bad') throw new Error(JSON.stringify(result.diagnostics));
  return result.plan;
}

/** Kinds that came later are absent in bundles of before. */
const bundleOf = (name: string): ReviewBundle => ({
  reconciles: [],
  ...(JSON.parse(read(`${name}/bundle.json`)) as Omit<ReviewBundle, 'reconciles'>),
});

const recordsOf = (bundle: ReviewBundle) => {
  const { cosigners: _cosigners, previous: _previous, review, handoff, ...lists } = bundle;
  return [review, ...(handoff === undefined ? [] : [handoff]), ...Object.values(lists).flat()];
};

describe.each(CASES)('golden report: %s', (name) => {
  it('stands on records that the ledger would take', () => {
    const records = recordsOf(bundleOf(name));
    expect(records.length).toBeGreaterThan(8);
    for (const { body, context } of records) {
      expect(RecordBody.parse(body)).toEqual(body);
      expect(RecordContext.parse(context)).toEqual(context);
    }
  });

  it('says who else has cosigned, and counts no operator for their own work', () => {
    const bundle = bundleOf(name);
    const text = (cosigners: readonly string[]): string =>
      renderReview('markdown', { ...bundle, cosigners }, planOf(name), { width: 120 }).text;
    const own = `example.com/team/${bundle.review.context.operator}`;
    expect(text([own])).toContain('Not cosigned by a second reviewer.');
    expect(text([own, 'example.com/team/auditor'])).toContain(
      'Cosigned by `example.com/team/auditor`.',
    );
  });

  it.each(Object.entries(FORMATS))('is the same bytes as %s', async (format, file) => {
    if (!isFormat(format)) throw new Error(format);
    const { text } = renderReview(format, bundleOf(name), planOf(name), { width: 120 });
    await expect(text).toMatchFileSnapshot(new URL(`${name}/${file}`, FOLDER).pathname);
  });
});

const isFormat = (text: string): text is ReportFormat => text in RENDERERS;

const markdown = (name: string, change: Partial<ReviewBundle> = {}): string =>
  renderReview('markdown', { ...bundleOf(name), ...change }, planOf(name)).text;

describe('Markdown report', () => {
  it('keeps its sections in the order that readers know', () => {
    const titles = [...markdown('pass').matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    expect(titles).toEqual([
      'Numbers',
      'Documents',
      'Budgets',
      'Smoke test',
      'Not covered',
      'Sources checked',
      'Contract details',
      'What this review does not prove',
      'Log record',
      'Evidence',
    ]);
  });

  it('names the four minimum assertions and says what did not run', () => {
    const page = markdown('pass');
    expect(page.match(/\*\*not-run\*\*/g)).toHaveLength(4);
    expect(page).toContain('happy_path_result: not-run\nerror_path_result: not-run\n');
    expect(page).toContain('No request was sent.');
  });

  it('writes every field of the sanitized log record once, in its order', () => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(markdown('paused')) ?? [];
    expect([...yaml.matchAll(/^(\w+):/gm)].map(([, key]) => key)).toEqual([
      'review_date',
      'operator',
      'source_urls_checked',
      'request_pattern_checked',
      'test_environment',
      'happy_path_result',
      'error_path_result',
      'trace_marker',
      'usage_evidence_location',
      'budget_owner_notified',
      'next_action',
      'notes',
    ]);
    expect(yaml).toContain('trace_marker: redacted\n');
    expect(yaml).toContain('budget_owner_notified: finops\n');
  });

  it('keeps a number that rests on a held assumption, and labels it', () => {
    const page = markdown('held-breached');
    expect(page).toContain('at least USD 1,204.50');
    expect(page).toContain('held since 2026-11-23 (gateway-unit)');
    expect(page).toContain('Alert (critical): `monthly` crossed `at-100`, `at-80`, `at-50`');
    expect(page).toContain('delivered by `outbox`');
  });

  it('prints the addresses of this machine that the plan allows', () => {
    expect(markdown('paused')).toContain('plain HTTP to this machine: `127.0.0.1:43121`');
    expect(markdown('pass')).not.toContain('127.0.0.1');
  });

  it('says what no review proves, whatever its outcome', () => {
    for (const name of CASES) {
      const page = markdown(name);
      expect(page).toContain('A budget alerts, it does not cap.');
      expect(page).toContain('no price, discount, rate limit, quota, uptime, latency, model list');
      expect(page).toContain('Reconciled with an invoice: never.');
      expect(page).toContain('Not cosigned by a second reviewer.');
    }
  });

  it('says of an empty part that there is none', () => {
    const empty = {
      metrics: [],
      budgets: [],
      alerts: [],
      documents: [],
      imports: [],
      deliveries: [],
    };
    const page = markdown('pass', empty);
    expect(page).toContain('## Budgets\n\nNone.');
    expect(page).toContain('not checked');
    expect(page).toContain('not accessed');
    expect(page).toContain('source_urls_checked: []');
    const { text } = renderReview('terminal', { ...bundleOf('pass'), ...empty }, planOf('pass'));
    expect(text).toContain('none checked');
  });

  it('lists several smoke tests, a missing trace and a linked export as codes', () => {
    const bundle = bundleOf('paused');
    const [first] = bundle.smoke;
    const [link] = bundle.usageLinks;
    if (first === undefined || link === undefined) throw new Error('fixture');
    const failed = { ...first.body.happy, outcome: 'fail' } as const;
    const second = {
      ...first,
      body: { ...first.body, smoke: 'other', pattern: 'embeddings', happy: failed, trace: null },
    };
    const linked = {
      ...link,
      body: { ...link.body, outcome: 'pass', reasons: [], missing: [] },
    } as const;
    const page = markdown('paused', { smoke: [first, second], usageLinks: [linked] });
    expect(page).toContain('request_pattern_checked: [chat-completions, embeddings]\n');
    expect(page).toContain('happy_path_result: [pass, fail]\n');
    expect(page).toContain('trace_marker: [redacted, none]\n');
    expect(page).toContain('usage_evidence_location: export:quota\n');
    expect(page).toContain('trace marker none');
  });

  it('names nobody where nobody was told, and an owner that the plan does not know by id', () => {
    const { review } = bundleOf('pass');
    const body = { ...review.body, notified: [], owner: 'nobody' };
    const page = markdown('pass', {
      review: { ...review, body, context: { ...review.context, plan: null } },
    });
    expect(page).toContain('budget_owner_notified: none\n');
    expect(page).toContain('owner nobody (`nobody`)');
    expect(page).toContain('plan `none`');
  });

  it('says how far the data goes only where that is known', () => {
    const { review } = bundleOf('pass');
    const coverage = { ...review.body.usage.coverage, completeThrough: null };
    const usage = { coverage, imports: 1, reconciled: 'once' } as const;
    const change = { review: { ...review, body: { ...review.body, usage } } };
    const page = markdown('pass', change);
    expect(page).toContain('Usage: 7 of 7 days, imported from `quota`.');
    expect(page).toContain('Reconciled with an invoice: once.');
    const { text } = renderReview('terminal', { ...bundleOf('pass'), ...change }, planOf('pass'));
    expect(text).toContain('usage        7 of 7 days\n');
  });

  it('says that an alert was not sent', () => {
    expect(markdown('paused', { deliveries: [] })).toContain('to `finops`, not sent.');
    const bundle = { ...bundleOf('paused'), deliveries: [] };
    expect(renderReview('terminal', bundle, planOf('paused')).text).toContain('not sent');
  });
});

describe('terminal report', () => {
  it('is the same words with and without colour', () => {
    const plain = renderReview('terminal', bundleOf('paused'), planOf('paused')).text;
    const color = renderReview('terminal', bundleOf('paused'), planOf('paused'), { color: true });
    expect(color.text).toContain('\u001b[33mPAUSED\u001b[0m');
    expect(color.text.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain);
    expect(plain).not.toContain('\u001b');
  });

  it('breaks lines at the width it is given, and loses no word', () => {
    const wide = renderReview('terminal', bundleOf('paused'), planOf('paused')).text;
    const narrow = renderReview('terminal', bundleOf('paused'), planOf('paused'), { width: 60 });
    const [, ...lines] = narrow.text.trimEnd().split('\n');
    expect(lines.every((line) => line.length <= 60)).toBe(true);
    expect(narrow.text.split(/\s+/)).toEqual(wide.split(/\s+/));
  });
});

describe('JSON report', () => {
  it('is the bundle itself, in the same bytes whatever the order of keys', () => {
    const bundle = bundleOf('paused');
    const { text, mediaType } = renderReview('json', bundle, planOf('paused'));
    expect(mediaType).toBe('application/json');
    const { schema, ...rest }: Record<string, unknown> = JSON.parse(text);
    expect(schema).toBe('spendproof/review/v1');
    expect(rest).toEqual(bundle);
    const { review, ...others } = bundle;
    expect(renderReview('json', { ...others, review }, planOf('paused')).text).toBe(text);
    expect(new Ajv().validate({ type: 'object', required: ['review', 'metrics'] }, rest)).toBe(
      true,
    );
  });
});

describe('JUnit report', () => {
  it('counts every check once, as passed, failed or skipped', () => {
    const { text } = renderReview('junit', bundleOf('held-breached'), planOf('held-breached'));
    const cases = text.match(/<testcase /g)?.length ?? 0;
    expect(cases).toBeGreaterThan(10);
    expect(text).toContain(`tests="${cases}"`);
    expect(text).toContain(`failures="${text.match(/<failure /g)?.length}"`);
    expect(text).toContain(`skipped="${text.match(/<skipped /g)?.length}"`);
    expect(text).toContain('<failure message="budget-breached"/>');
  });

  it('skips what is held or was not run, with the code', () => {
    const { text } = renderReview('junit', bundleOf('paused'), planOf('paused'));
    expect(text).toContain('<skipped message="assumption-held"/>');
    expect(text).toContain('<skipped message="pending"/>');
    expect(text).toContain('<skipped message="paused assumption-held day:2026-11-18"/>');
    expect(text).not.toContain('<failure');
  });
});
