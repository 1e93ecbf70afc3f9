import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../test/cpu-ms.ts';
import { readFixture } from '../../test/fixtures/plan/fixtures.ts';
import { findClaimFacts, findProviderFacts } from './provider-facts.ts';

describe('findProviderFacts', () => {
  it.each([
    ['unit-price', '$3 / 1M tokens'],
    ['unit-price', 'costs USD 0.15 per million input tokens'],
    ['unit-price', '0.002 USD per request'],
    ['unit-price', '€20 per seat'],
    ['rate-limit', 'The limit is 60 RPM'],
    ['rate-limit', '500 requests per minute'],
    ['rate-limit', '2M tokens/min'],
    ['uptime', '99.9 % uptime'],
    ['uptime', 'an SLA of 99.95%'],
    ['discount', '20 % off'],
    ['discount', 'a discount of 30 percent'],
    ['discount', 'is 20% cheaper'],
    ['context-window', 'a 128k context'],
    ['context-window', 'the context window is 200,000'],
    ['context-window', 'max tokens: 4096'],
    ['quota', 'a quota of 500000'],
    ['quota', '10k requests quota'],
    ['latency', 'p95 under 800 ms'],
    ['money', 'it costs $12.50'],
    ['money', '300 dollars'],
    ['money', 'it costs $5.'],
    ['unit-price', '$1/1M Tokens'],
    ['unit-price', '$10/seat/month'],
    ['unit-price', '1M input tokens cost $3.00'],
    ['rate-limit', 'RPM limit is 500'],
    ['rate-limit', 'TPM: 2M'],
    ['rate-limit', '5 concurrent requests'],
    ['uptime', 'uptime of at least 99.95 percent'],
    ['discount', 'save up to 40%'],
    ['discount', '30% below official prices'],
    ['context-window', 'a 200K-token context window'],
    ['context-window', 'maximum output tokens: 8,192'],
    ['latency', 'responds within 2 seconds'],
    ['model-list', 'The models are abc-4o, def-3.5-turbo and ghi-2.'],
    ['model-list', 'abc-4o, def-3.5-turbo are models'],
  ])('finds a %s in "%s"', (kind, text) => {
    expect(findProviderFacts(text).map((fact) => fact.kind)).toContain(kind);
  });

  it.each([
    'half the budget, 80 % of the amount',
    'run ./fetch.sh $1 $0',
    'https://a.example/pricing/60-rpm/$3.50',
    'the last 30 days',
    'Which unit the team reviews, such as request, workload, seat or token',
    'at least the cadence plus its grace, 9d',
    'request 5 of 9',
    'see /docs/limits/60-rpm.md or ./img/99.9-uptime.png',
    'the model abc-4o is used here',
    'awk prints $1 and then $2',
    'it is $0',
    'between 09:00 and 17:00, utf-8, sha-256 and iso-8601',
  ])('takes "%s" for no fact', (text) => {
    expect(findProviderFacts(text)).toEqual([]);
  });

  it('finds none in the shared plans', () => {
    const kinds = findProviderFacts(readFixture('ok-example')).map(({ kind }) => kind);
    expect(kinds).toEqual([]);
  });

  it('gives the place of the more exact kind only', () => {
    expect(findProviderFacts('The limit is 60 RPM')).toEqual([
      { kind: 'rate-limit', start: 13, end: 19 },
    ]);
    expect(findProviderFacts('$3.00 per 1M tokens, then 20 % off').map(({ kind }) => kind)).toEqual(
      ['unit-price', 'discount'],
    );
  });

  it('gives places in order, apart and inside', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), (text) => {
        let end = 0;
        for (const fact of findProviderFacts(text)) {
          expect(fact.start).toBeGreaterThanOrEqual(end);
          expect(fact.end).toBeGreaterThan(fact.start);
          end = fact.end;
        }
        expect(end).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  it('ends soon on long hostile lines', () => {
    const ms = cpuMs(() => {
      for (const part of ['1', '$1,', 'quota ', '1 ', 'SLA ', '% '])
        findProviderFacts(part.repeat(20_000));
    });
    expect(ms).toBeLessThan(20_000);
  });

  it('takes whole dollars in code for arguments, and other amounts for amounts', () => {
    const code = { kind: 'code' } as const;
    expect(findProviderFacts('cp $1 $10', code)).toEqual([]);
    expect(findProviderFacts('"max_tokens": 4096', code)).toEqual([]);
    expect(findProviderFacts('PRICE = $0.50', code).map(({ kind }) => kind)).toEqual(['money']);
    expect(findProviderFacts('# 60 RPM', code).map(({ kind }) => kind)).toEqual(['rate-limit']);
  });

  it.each([
    ['unit-price', 'Price per 1M tokens', '3.00'],
    ['unit-price', 'input_cost_per_token', '3e-06'],
    ['unit-price', 'Output price', '$15'],
    ['rate-limit', 'RPM', '500'],
    ['rate-limit', 'requestsPerMinute', '60'],
    ['uptime', 'SLA', '99.9'],
    ['discount', 'Discount', '20'],
    ['context-window', 'Context window', '128k'],
    ['context-window', 'max_output_tokens', '8192'],
    ['quota', 'Daily quota', '1000'],
    ['latency', 'p95 latency', '800 ms'],
    ['money', 'Plan', '$20'],
  ])('reads %s by the label %j over %j', (kind, label, value) => {
    const found = findProviderFacts(value, { kind: 'labelled', label });
    expect(found.map((fact) => fact.kind)).toEqual([kind]);
  });

  it.each([
    ['amount', '1200.00'],
    ['Owner', 'finops'],
    ['SLA', 'see the status page'],
    ['timeout', '20s'],
    ['share', '0.8'],
  ])('takes nothing of %j: %j', (label, value) => {
    expect(findProviderFacts(value, { kind: 'labelled', label })).toEqual([]);
  });
});

describe('findClaimFacts', () => {
  it.each([
    ['percentage', 'half, or 50 % of it'],
    ['money', 'from $3'],
    ['limit', 'limited to 5 of them'],
    ['limit', 'at most 100'],
    ['rate-limit', '60 RPM'],
    ['model-list', 'models abc-4o and def-3'],
  ])('finds a %s in %j', (kind, text) => {
    expect(findClaimFacts(text).map((fact) => fact.kind)).toContain(kind);
  });

  it.each(['Rate limits', 'Error 429', 'Start each review from the current page.', 'Top 10 uses'])(
    'lets %j stand',
    (text) => {
      expect(findClaimFacts(text)).toEqual([]);
    },
  );
});
