import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFixture } from '../../test/fixtures/plan/fixtures.ts';
import { findProviderFacts } from './provider-facts.ts';

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
    const started = performance.now();
    for (const part of ['1', '$1,', 'quota ', '1 ', 'SLA ', '% '])
      findProviderFacts(part.repeat(20_000));
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
