import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { addDecimals, decimal, formatDecimal, fromAtto, wholeDecimal } from '../../core/index.ts';
import { decompose, type Effect, type EffectItem } from './decompose.ts';

const half = fc.record({
  cost: fc.bigInt({ min: 0n, max: 10n ** 24n }).map(fromAtto),
  units: fc.nat({ max: 1_000_000_000 }).map(wholeDecimal),
});
const items = fc
  .array(fc.record({ before: half, after: half }), { minLength: 1, maxLength: 8 })
  .map((all) => all.map((one, index): EffectItem => ({ id: `m-${index}`, ...one })))
  .filter((all) =>
    (['before', 'after'] as const).every((side) => all.some((one) => one[side].units > 0n)),
  );
const parts = ({ volume, price, mix }: Effect) => addDecimals(volume, price, mix);
const swapped = (all: readonly EffectItem[]) =>
  all.map(({ id, before, after }) => ({ id, before: after, after: before }));

describe('the effects of a change', () => {
  test.prop([items])('add up to it exactly, in total and for each thing', (all) => {
    const effects = decompose(all);
    if (effects === undefined) throw new Error('nothing to weigh');
    expect(parts(effects)).toBe(effects.change);
    for (const item of effects.items) expect(parts(item)).toBe(item.change);
    expect(addDecimals(...effects.items.map(({ change }) => change))).toBe(effects.change);
  });

  test.prop([items])('turn every sign when the periods change places', (all) => {
    const [there, back] = [decompose(all), decompose(swapped(all))];
    for (const name of ['change', 'volume', 'price', 'mix'] as const) {
      expect(back?.[name]).toBe(fromAtto(-(there?.[name] ?? 0n)));
    }
  });

  test.prop([items])('do not depend on the order of the things', (all) => {
    const { items: _rows, ...total } = decompose(all) ?? {};
    const { items: _other, ...reversed } = decompose(all.toReversed()) ?? {};
    expect(reversed).toEqual(total);
  });

  const one = (
    id: string,
    before: readonly [string, string],
    after: readonly [string, string],
  ) => ({
    id,
    before: { cost: decimal(before[0]), units: decimal(before[1]) },
    after: { cost: decimal(after[0]), units: decimal(after[1]) },
  });
  const shown = (all: readonly EffectItem[]) => {
    const effects = decompose(all);
    return effects && [effects.volume, effects.price, effects.mix].map(formatDecimal);
  };

  it('are volume alone when twice as much of everything is used', () => {
    expect(shown([one('a', ['10', '5'], ['20', '10']), one('b', ['4', '1'], ['8', '2'])])).toEqual([
      '14',
      '0',
      '0',
    ]);
  });

  it('are price alone when the same units cost more', () => {
    expect(shown([one('a', ['10', '5'], ['15', '5']), one('b', ['4', '1'], ['4', '1'])])).toEqual([
      '0',
      '5',
      '0',
    ]);
  });

  it('are mix alone when units move to the dearer thing', () => {
    expect(shown([one('a', ['5', '5'], ['3', '3']), one('b', ['20', '2'], ['40', '4'])])).toEqual([
      '0',
      '0',
      '18',
    ]);
  });

  it('call a thing that is new mix and volume, never price', () => {
    const effects = decompose([
      one('a', ['10', '10'], ['10', '10']),
      one('b', ['0', '0'], ['5', '1']),
    ]);
    expect(effects?.items.map(({ price }) => price)).toEqual([0n, 0n]);
  });

  it('are none where a period has no units, or negative ones', () => {
    expect(decompose([one('a', ['1', '0'], ['2', '1'])])).toBeUndefined();
    expect(decompose([one('a', ['1', '-1'], ['2', '1'])])).toBeUndefined();
    expect(decompose([])).toBeUndefined();
  });
});
