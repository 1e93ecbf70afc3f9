import { describe, expect, it } from 'vitest';
import {
  addMeasured,
  isComplete,
  MEASURED_ZERO,
  NOT_MEASURED,
  told,
  unknownShare,
  untold,
} from './coverage.ts';
import { decimal, divideDecimal, ZERO } from './decimal.ts';

describe('isComplete', () => {
  it('is true when every row knew the value, zero included', () => {
    expect(isComplete({ value: ZERO, knownRows: 2, totalRows: 2 })).toBe(true);
  });

  it('is false when a row did not know it, or none did: unknown is never zero', () => {
    expect(isComplete({ value: decimal('5'), knownRows: 1, totalRows: 2 })).toBe(false);
    expect(isComplete({ value: null, knownRows: 0, totalRows: 0 })).toBe(false);
  });
});

describe('addMeasured', () => {
  const unknown = { value: null, knownRows: 0, totalRows: 2 };

  it('is unknown where no row knows the value, whatever was a zero without rows', () => {
    expect(addMeasured(MEASURED_ZERO, unknown)).toEqual(unknown);
    expect(addMeasured(unknown, MEASURED_ZERO)).toEqual(unknown);
    expect(addMeasured(MEASURED_ZERO, NOT_MEASURED)).toEqual(MEASURED_ZERO);
    expect(addMeasured({ value: ZERO, knownRows: 1, totalRows: 1 }, unknown).value).toBe(ZERO);
  });
});

describe('tokens behind what is known', () => {
  const cost = (knownRows: number, totalRows: number, known?: string, total?: string) => ({
    value: decimal('1'),
    knownRows,
    totalRows,
    ...(known !== undefined &&
      total !== undefined && { tokens: { known: decimal(known), total: decimal(total) } }),
  });

  it('weigh more than rows: one unpriced model may hold most of what was used', () => {
    expect(unknownShare(cost(99, 100, '100', '1000'))).toBe(decimal('0.9'));
    expect(unknownShare(cost(50, 100, '900', '1000'))).toBe(decimal('0.5'));
    expect(unknownShare(cost(50, 100))).toBe(decimal('0.5'));
    expect(unknownShare(cost(50, 100, '0', '0'))).toBe(decimal('0.5'));
    expect(unknownShare(cost(0, 0))).toBeUndefined();
  });

  it('add up where they are said; rows that do not say them take nothing away', () => {
    const sum = addMeasured(cost(1, 2, '10', '30'), cost(2, 2, '5', '5'));
    expect(sum).toEqual({ ...cost(3, 4, '15', '35'), value: decimal('2') });
    const silent = addMeasured(cost(1, 2, '10', '30'), cost(2, 2));
    expect(silent).toEqual({ ...cost(3, 4, '10', '30'), value: decimal('2') });
    expect(addMeasured(cost(2, 2), cost(1, 2, '10', '30'))).toEqual(silent);
    expect(unknownShare(silent)).toBe(divideDecimal(decimal('2'), decimal('3')));
    expect(addMeasured(cost(0, 0), cost(1, 2, '1', '3')).tokens).toEqual(
      cost(1, 2, '1', '3').tokens,
    );
    expect(addMeasured(cost(1, 2, '1', '3'), cost(0, 0)).tokens).toEqual(
      cost(1, 2, '1', '3').tokens,
    );
    expect(addMeasured(cost(0, 0), cost(1, 2)).tokens).toBeUndefined();
    expect(addMeasured(cost(1, 2), cost(0, 0)).tokens).toBeUndefined();
  });

  it('are not told where every row knows, and all stay unknown where nothing answers', () => {
    expect(told(cost(2, 2, '5', '5'))).toEqual(cost(2, 2));
    expect(told(cost(1, 2, '1', '5'))).toEqual(cost(1, 2, '1', '5'));
    expect(untold(cost(1, 2, '1', '5'))).toEqual({
      value: null,
      knownRows: 0,
      totalRows: 2,
      tokens: { known: ZERO, total: decimal('5') },
    });
  });
});
