import { describe, expect, it } from 'vitest';
import { decimal, type Measured } from '../core/index.ts';
import { exclusionRequest, withoutExcluded } from './exclusion.ts';
import { aggregateOf, budget, judge, on, sum } from './testing.ts';

const filterOf = (change: Parameters<typeof budget>[0]) => exclusionRequest(budget(change))?.filter;

describe('the question for what a budget leaves out', () => {
  it('is not asked where nothing is left out', () => {
    expect(exclusionRequest(budget())).toBeUndefined();
    expect(exclusionRequest(budget({ exclude: {} }))).toBeUndefined();
  });

  it('asks for records of the scope that match the exclusion in every key', () => {
    const scope = { model: ['a', 'b'], environment: ['production'] };
    expect(filterOf({ scope, exclude: { model: ['b', 'c'], key: ['k'] } })).toEqual({
      environment: ['production'],
      model: ['b'],
      key: ['k'],
    });
  });

  it('is not asked where no record of the scope can match', () => {
    expect(filterOf({ scope: { model: ['a'] }, exclude: { model: ['b'] } })).toBeUndefined();
  });
});

describe('sums without what is left out', () => {
  const less = (whole: Measured, excluded: Measured) =>
    withoutExcluded(aggregateOf(whole), aggregateOf(excluded)).total.measures.chargedCost;

  it('are what is left of the period and of each day', () => {
    const day = (date: string, value: string) => ({
      date: on(date),
      measures: { chargedCost: sum(value, 1) },
    });
    const whole = aggregateOf(sum('30', 3), {
      days: [day('2026-11-01', '10'), day('2026-11-02', '20')],
    });
    const left = withoutExcluded(
      whole,
      aggregateOf(sum('5', 1), { days: [day('2026-11-02', '5')] }),
    );
    expect(left.total.measures.chargedCost).toEqual(sum('25', 2));
    expect(left.days.map(({ measures }) => measures.chargedCost?.value)).toEqual([
      decimal('10'),
      decimal('15'),
    ]);
    expect(left.coverage).toEqual(whole.coverage);
  });

  it('are zero where every row is left out', () => {
    expect(less(sum('30', 3), sum('30', 3))).toEqual(sum('0', 0));
  });

  it('are unknown, not zero, where no row that is left knows its cost', () => {
    expect(less(sum('30', 3, 5), sum('30', 3))).toEqual(sum(null, 0, 2));
    const answer = withoutExcluded(aggregateOf(sum('30', 3, 5)), aggregateOf(sum('30', 3)));
    expect(judge({ answer })).toMatchObject({ spend: { value: null }, share: null });
  });

  it('are what is known where the rows left out know no cost, or none does', () => {
    expect(less(sum('30', 3, 5), sum(null, 0, 2))).toEqual(sum('30', 3));
    expect(less(sum(null, 0, 5), sum(null, 0, 2))).toEqual(sum(null, 0, 3));
  });

  it('weigh tokens only where both sides told them', () => {
    const tokens = (known: string, total: string) => ({
      tokens: { known: decimal(known), total: decimal(total) },
    });
    const whole = { ...sum('30', 3, 4), ...tokens('70', '100') };
    expect(less(whole, { ...sum('10', 1), ...tokens('20', '20') })).toEqual({
      ...sum('20', 2, 3),
      ...tokens('50', '80'),
    });
    expect(less(whole, sum('0', 0))).toEqual(whole);
    expect(less(whole, sum('10', 1))).toEqual(sum('20', 2, 3));
    expect(less(sum('30', 3, 4), { ...sum('10', 1), ...tokens('20', '20') })).toEqual(
      sum('20', 2, 3),
    );
  });
});
