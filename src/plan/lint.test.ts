import { describe, expect, it } from 'vitest';
import { diagnosticsOf, planOf, readFixture, wordsOf } from '../../test/fixtures/plan/fixtures.ts';

const SMALL = readFixture('ok-small');
const EXAMPLE = readFixture('ok-example');

/** The smallest plan, with a part replaced or a section added. */
const small = (from: string | RegExp, to: string): string => {
  const text = SMALL.replace(from, to);
  expect(text).not.toBe(SMALL);
  return text;
};
const example = (from: string | RegExp, to: string): string => {
  const text = EXAMPLE.replace(from, to);
  expect(text).not.toBe(EXAMPLE);
  return text;
};

describe('checkReferences', () => {
  it.each([
    ['a channel', example('[platform-chat]', '[nobody]'), 'owners[1].notify[0]'],
    [
      'an environment',
      example('environment: [production]', 'environment: [live]'),
      'budgets[0].scope.environment[0]',
    ],
    [
      'a provider',
      example(
        'provider: cometapi\n    environment: production\n    zone: UTC',
        'provider: other\n    environment: production\n    zone: UTC',
      ),
      'exports[0].provider',
    ],
    [
      'an export',
      example('[gateway-log, account-quota, app-log]', '[gateway-log, account-quota, app-log, x]'),
      'reconcile[0].of[3]',
    ],
    [
      'an assumption',
      example('onDisagreement: gateway-unit-conversion', 'onDisagreement: other'),
      'reconcile[0].onDisagreement',
    ],
    [
      'a conversion',
      example('conversion: gateway-unit-conversion', 'conversion: other'),
      'exports[0].conversion',
    ],
    [
      'a series',
      example('{ series: active-seats }', '{ series: seats }'),
      'metrics[2].denominator.series',
    ],
    [
      'a workload',
      example('scope: { workload: [support-bot]', 'scope: { workload: [bot]'),
      'budgets[0].scope.workload[0]',
    ],
    ['an adapter', example('adapter: new-api-log', 'adapter: new-api'), 'exports[0].adapter'],
    ['a support claim', example('support: support-path', 'support: help'), 'providers[0].support'],
    [
      'a pattern that is no endpoint',
      example('pattern: chat-completions', 'pattern: support-path'),
      'smoke[0].pattern',
    ],
    [
      'an owner',
      example(
        'escalate: { ackWithin: 24h, to: engineering }',
        'escalate: { ackWithin: 24h, to: boss }',
      ),
      'budgets[0].escalate.to',
    ],
    ['a smoke owner', example('"429": finops', '"429": finance'), 'smoke[0].error.route.429'],
    [
      'a document or claim',
      example('cites: [cometapi-pricing, unit-metric]', 'cites: [pricing]'),
      'assumptions[0].cites[0]',
    ],
    [
      'the document of a section',
      example('cites: [cometapi-pricing, unit-metric]', 'cites: [unit-metric#x]'),
      'assumptions[0].cites[0]',
    ],
    ['a metric preset', small('[cost-per-1k-requests]', '[cost-per-prompt]'), 'metrics[0]'],
    ['a provider preset', small('provider: cometapi', 'provider: comet'), 'provider'],
  ])('refuses %s that the plan does not have', (_, text, path) => {
    expect(wordsOf(text)).toContain(`error unknown-reference ${path}`);
  });

  it('suggests the near name, else lists the known ones', () => {
    expect(diagnosticsOf(small('provider: cometapi', 'provider: cometap'))[0]?.hint).toBe(
      'did you mean "cometapi"?',
    );
    expect(diagnosticsOf(small('provider: cometapi', 'provider: zzz'))[0]?.hint).toContain(
      'known:',
    );
  });

  it('says that the plan has none of a kind', () => {
    const text = small('cometapi-quota,', 'cometapi-quota, conversion: unit,');
    expect(diagnosticsOf(text)[0]?.hint).toBe('the plan has none');
  });

  it('takes a section of a known document and any role when no owners are listed', () => {
    const cites =
      'assumptions: [{ id: a, owner: anyone, cites: ["cometapi-pricing#About pricing"] }]\n';
    expect(wordsOf(SMALL + cites)).toEqual([]);
    expect(wordsOf(SMALL + cites.replace('#About pricing', '#'))).toEqual([
      'error unknown-reference assumptions[0].cites[0]',
    ]);
  });

  it('finds names although the same entry has a mistake of form', () => {
    const text = example(
      'owner: ai-platform\n    scope',
      'owner: ai-platfrom\n    amuont: 1\n    scope',
    );
    expect(wordsOf(text)).toEqual([
      'error unknown-reference budgets[0].owner',
      'error unknown-key budgets[0].amuont',
    ]);
  });

  it.each([
    ['budgets', '  - { id: monthly, amount: "1" }\n', 'budgets[1].id'],
    [
      'documents',
      'documents: [{ id: a, purpose: x, url: "https://a.example/" }, { id: b, purpose: x, url: "https://a.example/", claims: [{ id: a, kind: host }] }]\n',
      'documents[1].claims[0].id',
    ],
    [
      'claims of the preset',
      'documents: [{ id: b, purpose: x, url: "https://a.example/", claims: [{ id: support-path, kind: host }] }]\n',
      'documents[0].claims[0].id',
    ],
    ['workloads', 'workloads: [a, a]\n', 'workloads[1]'],
  ])('refuses an id that is there twice among %s', (_, addition, path) => {
    expect(wordsOf(SMALL + addition)).toEqual([`error duplicate-id ${path}`]);
  });

  it('refuses two rules of one budget with one id, and lets two budgets use the same', () => {
    const rule = '{ id: a, basis: actual, at: 1 }';
    const budget = (id: string, rules: string): string =>
      `  - { id: ${id}, amount: "1", rules: [${rules}] }\n`;
    expect(wordsOf(SMALL + budget('b', rule) + budget('c', rule))).toEqual([]);
    expect(wordsOf(SMALL + budget('b', `${rule}, ${rule}`))).toEqual([
      'error duplicate-id budgets[1].rules[1].id',
    ]);
  });

  it('lets an override replace the claims of a preset, with the same ids', () => {
    const text = `${SMALL}documents: [{ id: cometapi-help-center, claims: [{ id: support-path, kind: text, quote: Help }] }]\n`;
    expect(wordsOf(text)).toEqual([]);
  });
});

describe('checkDocuments', () => {
  const withDocument = (entry: string): string => `${SMALL}documents: [${entry}]\n`;

  it.each([
    ['a page without a url', '{ id: a, purpose: x }', 'error page-without-url documents[0].url'],
    [
      'an attested document with one',
      '{ id: a, purpose: x, kind: attested, url: "https://a.example/" }',
      'error attested-url documents[0].url',
    ],
    [
      'a preset page made attested',
      '{ id: cometapi-pricing, kind: attested }',
      'error attested-url documents[0].url',
    ],
    [
      'a document without a purpose',
      '{ id: a, url: "https://a.example/" }',
      'error missing-key documents[0].purpose',
    ],
    [
      'plain http',
      '{ id: a, purpose: x, url: "http://a.example/" }',
      'error plain-http documents[0].url',
    ],
    [
      'plain http of an alternate',
      '{ id: cometapi-pricing, alternates: [{ kind: llms, url: "http://a.example/" }] }',
      'error plain-http documents[0].alternates[0].url',
    ],
    [
      'a warning after the end',
      '{ id: cometapi-pricing, freshness: { maxAge: 9d, warn: 9d } }',
      'error freshness-order documents[0].freshness.warn',
    ],
  ])('refuses %s', (_, entry, expected) => {
    expect(wordsOf(withDocument(entry))).toEqual([expected]);
  });

  it('warns of a freshness shorter than the cadence plus its grace, and says which would do', () => {
    const text = withDocument('{ id: cometapi-pricing, freshness: { maxAge: 8d } }');
    expect(diagnosticsOf(text)).toMatchObject([
      { rule: 'freshness-short', severity: 'warning', hint: 'write 9d or more' },
    ]);
  });

  it('takes plain http at an address of network.loopback only', () => {
    const text = `${withDocument('{ id: cometapi-pricing, url: "http://127.0.0.1:8080/p" }')}network: { loopback: ["127.0.0.1:8080"] }\n`;
    expect(wordsOf(text)).toEqual([]);
    expect(wordsOf(text.replace(':8080/p', ':8081/p'))).toEqual([
      'error plain-http documents[0].url',
    ]);
  });

  it('takes selectors of a small language, on HTML pages only', () => {
    const entry = (rest: string): string =>
      withDocument(`{ id: a, purpose: x, url: "https://a.example/", ${rest} }`);
    for (const css of ['main', '.a.b', 'main > .a [role=log]', '#x, p.y[data-z]']) {
      expect(wordsOf(entry(`scope: { css: "${css}" }`)), css).toEqual([]);
    }
    for (const css of ['a:hover', 'a + b', 'a,b', 'a{', '*|*']) {
      expect(wordsOf(entry(`scope: { css: "${css}" }`)), css).toEqual([
        'error wrong-value documents[0].scope.css',
      ]);
    }
    const twin = 'alternates: [{ kind: markdown, url: "https://a.example/a.md" }]';
    expect(wordsOf(entry(`scope: { css: main }, ${twin}`))).toEqual([
      'error css-with-alternates documents[0].scope.css',
    ]);
  });

  it('wants a reason and a last day for what is ignored, and warns when that has passed', () => {
    const entry = (rule: string): string =>
      withDocument(`{ id: a, purpose: x, url: "https://a.example/", ignore: [${rule}] }`);
    expect(wordsOf(entry('{ heading: News, reason: x, expires: 2026-12-31 }'))).toEqual([]);
    expect(wordsOf(entry('{ css: aside, reason: x, expires: 2026-11-22 }'))).toEqual([
      'warning ignore-ended documents[0].ignore[0].expires',
    ]);
    expect(wordsOf(entry('{ css: aside, expires: 2026-12-31 }')).join()).toContain('error');
  });

  it('leaves values of another form to the schema', () => {
    const entry = (rest: string): string => withDocument(`{ id: cometapi-pricing, ${rest} }`);
    expect(wordsOf(entry('freshness: { maxAge: 9 days }'))).toEqual([
      'error wrong-value documents[0].freshness.maxAge',
    ]);
    expect(wordsOf(entry('freshness: 9d'))).toEqual(['error wrong-value documents[0].freshness']);
    expect(wordsOf(`${SMALL}assumptions: [{ id: a, value: 2026-01-01 }]\n`)).toEqual([
      'error wrong-value assumptions[0].value',
    ]);
    expect(wordsOf(`${SMALL}environments: [{ kind: production }, 3]\n`)).toEqual([
      'error missing-environment exports[0].environment',
      'error missing-key environments[0].id',
      'error wrong-value environments[1]',
    ]);
  });

  it('warns of an assumption whose value has ended', () => {
    expect(wordsOf(EXAMPLE, '2027-01-01')).toEqual([
      'warning assumption-ended assumptions[0].value.expires',
    ]);
  });
});

describe('checkExports', () => {
  const second = (rest: string): string =>
    small(
      'metrics:',
      `  - { id: second, adapter: cometapi-quota, path: a/*.json, ${rest} approved: { by: finops, date: 2026-11-23 } }\nmetrics:`,
    );

  it('refuses two exports of one provider and environment that nothing links', () => {
    expect(wordsOf(second(''))).toEqual(['error overlapping-exports exports[1].id']);
    expect(diagnosticsOf(second(''))[0]?.message).toContain('"quota" and "second"');
  });

  it.each([
    ['said to be disjoint', second('disjoint: true,')],
    ['of other environments', second('environment: staging,')],
    ['linked', `${second('')}reconcile: [{ id: r, of: [quota, second] }]\n`],
  ])('takes two exports %s', (_, text) => {
    expect(wordsOf(text)).toEqual([]);
  });

  it('takes a second export that is approved for another use', () => {
    const text = second('').replace(
      'date: 2026-11-23 } }\nmetrics',
      'date: 2026-11-23, for: [smoke-evidence] } }\nmetrics',
    );
    expect(wordsOf(text)).toEqual([]);
  });

  it('ties the table mapping to the adapter of that name', () => {
    expect(wordsOf(small('adapter: cometapi-quota', 'adapter: table'))).toContain(
      'error missing-mapping exports[0].table',
    );
    const mapping =
      'table: { format: { kind: csv }, key: none, columns: { startAt: t } }, approved';
    expect(wordsOf(small('approved', mapping))).toContain('error unused-mapping exports[0].table');
  });

  it('warns of an ended approval, of exports and series, only when it knows the day', () => {
    const ended = wordsOf(EXAMPLE, '2027-06-01').filter((words) =>
      words.includes('approval-ended'),
    );
    expect(ended).toHaveLength(5);
    expect(wordsOf(EXAMPLE, '2026-05-16')).toEqual([]);
  });

  it('warns of a missing conversion, and then knows no cost', () => {
    expect(wordsOf(small('cometapi-quota', 'new-api-log'))).toEqual([
      'warning missing-conversion exports[0].conversion',
      'error unfillable metrics[0]',
      'error unfillable budgets[0].cost.basis',
    ]);
  });
});

describe('checkBudgets', () => {
  const budget = (rest: string): string => `${SMALL}  - { id: b, ${rest} }\n`;

  it.each([
    [
      'at and rules together',
      'amount: "1", at: [1], rules: []',
      'error at-and-rules budgets[1].at',
    ],
    [
      'a period without a day',
      'amount: "1", period: { from: 2026-02-01, until: 2026-02-01 }',
      'error empty-period budgets[1].period.until',
    ],
    ['an amount of zero', 'amount: "0.00"', 'error amount-not-positive budgets[1].amount'],
    ['an amount below zero', 'amount: "-5"', 'error amount-not-positive budgets[1].amount'],
    [
      'a basis that no export fills',
      'amount: "1", cost: { basis: list }',
      'error unfillable budgets[1].cost.basis',
    ],
    [
      'a scope without exports',
      'amount: "1", scope: { environment: [staging] }',
      'error unfillable budgets[1].cost.basis',
    ],
    [
      'a clear above its fire',
      'amount: "1", rules: [{ id: a, basis: forecast, at: 1, fire: 0.6, clear: 0.7 }]',
      'error clear-above-fire budgets[1].rules[0].clear',
    ],
    [
      'a coverage above one',
      'amount: "1", rules: [{ id: a, basis: coverage, min: 98 }]',
      'error coverage-above-one budgets[1].rules[0].min',
    ],
    [
      'a date that does not exist',
      'amount: "1", period: { from: 2026-02-30, until: 2026-03-01 }',
      'error wrong-value budgets[1].period.from',
    ],
  ])('refuses %s', (_, rest, expected) => {
    expect(wordsOf(budget(rest))).toEqual([expected]);
  });

  it.each([
    ['a percentage', 'amount: "1", at: [80]', 'warning share-percent budgets[1].at[0]'],
    [
      'a percentage in a rule',
      'amount: "1", rules: [{ id: a, basis: actual, at: 80 }]',
      'warning share-percent budgets[1].rules[0].at',
    ],
    [
      'a scope that no export tells apart',
      'amount: "1", scope: { model: [m] }',
      'warning never-judged budgets[1].scope.model',
    ],
    [
      'a forecast of a day from whole days',
      'amount: "1", period: { every: day }, rules: [{ id: a, basis: forecast, at: 1 }]',
      'warning never-judged budgets[1].rules[0].basis',
    ],
  ])('warns of %s', (_, rest, expected) => {
    expect(wordsOf(budget(rest))).toEqual([expected]);
  });

  it.each([
    ['seats', '[cost-per-seat]', 'error unfillable metrics[0]'],
    ['tokens', '[cost-per-1m-tokens]', 'error unfillable metrics[0]'],
    ['workloads', '[cost-per-workload]', 'warning never-judged metrics[0]'],
    [
      'operations',
      '[{ id: m, denominator: { count: operations } }]',
      'error unfillable metrics[0].denominator.count',
    ],
    [
      'a basis',
      '[{ id: m, numerator: { cost: list }, denominator: { count: requests } }]',
      'error unfillable metrics[0].numerator.cost',
    ],
    [
      'an outcome',
      '[{ id: m, denominator: { count: requests, where: { outcome: [ok] } } }]',
      'warning never-judged metrics[0].denominator.where.outcome',
    ],
  ])('says that a daily quota file can never give %s', (_, metrics, expected) => {
    expect(wordsOf(small('[cost-per-1k-requests]', metrics))).toEqual([expected]);
  });

  it('takes workloads from allocation rules', () => {
    const text = small('[cost-per-1k-requests]', '[cost-per-workload]');
    expect(
      wordsOf(`${text}allocation: { rules: [{ when: { key: [k] }, workload: w }] }\n`),
    ).toEqual([]);
  });

  it('warns once when nothing is approved for a budget review', () => {
    expect(wordsOf(small(/exports:\n.*\n/, ''))).toEqual(['warning no-export exports']);
  });
});

describe('checkSmoke', () => {
  it.each([
    [
      'enabled without a pin',
      example('enabled: false', 'enabled: true'),
      'error smoke-not-pinned smoke[0].enabled',
    ],
    [
      'in production',
      example('environment: staging\n    enabled', 'environment: production\n    enabled'),
      'error smoke-in-production smoke[0].environment',
    ],
    [
      'with another path than documented',
      example('path: /v1/chat/completions\n', 'path: /v1/completions\n'),
      'error smoke-other-pattern smoke[0].request.path',
    ],
    [
      'with another method',
      example('method: POST\n', 'method: GET\n'),
      'error smoke-other-pattern smoke[0].request.method',
    ],
    [
      'whose evidence is not approved',
      example('for: [smoke-evidence]', 'for: [budget-review]'),
      'error not-approved-for smoke[0].usageEvidence.export',
    ],
    [
      'without a provider',
      example('    provider: cometapi\n    pattern', '    pattern').replace(
        'environments:',
        '  - { id: second, host: b.example }\nenvironments:',
      ),
      'error missing-provider smoke[0].provider',
    ],
    [
      'whose id speaks of a price',
      example('id: chat-minimal', 'id: price-check'),
      'error smoke-overclaims smoke[0].id',
    ],
    [
      'that reads a cost',
      example('pointer: /usage/total_tokens', 'pointer: /usage/totalCost'),
      'error smoke-overclaims smoke[0].happy.at[2].pointer',
    ],
    [
      'whose marker is a rate limit',
      example('header:x-request-id', 'header:x-rate-limit-remaining'),
      'error smoke-overclaims smoke[0].happy.trace.from[0]',
    ],
  ])('refuses a smoke test %s', (_, text, expected) => {
    expect(wordsOf(text)).toEqual([expected]);
  });

  it('wants a key of its own for the count of a key by day', () => {
    const by = (words: string) => wordsOf(example('by: trace, within', `${words}, within`));
    expect(by('by: key-day')).toEqual(['error smoke-key-missing smoke[0].usageEvidence.by']);
    expect(by('by: key-day, key: probe')).toEqual([]);
    expect(by('by: key-day, key: svc-gateway')).toEqual([
      'error smoke-key-allocated smoke[0].usageEvidence.key',
    ]);
  });

  it('says which command pins, also where the id is missing', () => {
    const text = `${SMALL}smoke: [{ enabled: true, environment: staging }]\n`;
    const found = diagnosticsOf(text).find(({ rule }) => rule === 'smoke-not-pinned');
    expect(found?.hint).toBe('run `spendproof smoke pin ID --by ROLE` first');
  });

  it('takes a pinned one, and a template path that cannot be compared', () => {
    const pinned = example(
      'enabled: false',
      `enabled: true\n    pinned: { sha256: ${'0a'.repeat(32)}, by: finops }`,
    );
    expect(planOf(pinned).smoke[0]?.enabled).toBe(true);
    const template = example('path: /v1/chat/completions }', 'path: "/v1/{x}/completions" }');
    expect(wordsOf(template)).toEqual([]);
  });
});
