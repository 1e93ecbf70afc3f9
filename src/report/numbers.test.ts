import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { decimal, formatDecimal, fromAtto } from '../core/index.ts';
import { count, money, movedText, percent, quantity, signedPercent, unitCost } from './numbers.ts';

describe('quantity', () => {
  it.each([
    ['1204118', '1,204,118'],
    ['4.5', '4.5'],
    ['4.714285714285714286', '≈ 4.714286'],
    ['0.00000041237', '≈ 0.0000004124'],
  ])('writes %s as %s', (text, expected) => {
    expect(quantity(text)).toBe(expected);
  });
});

describe('money', () => {
  it.each([
    ['1200', 'USD 1,200.00'],
    ['1200.5', 'USD 1,200.50'],
    ['-1234567.891', 'USD -1,234,567.891'],
    ['0', 'USD 0.00'],
    ['20.52022672899', '≈ USD 20.520227'],
    ['0.000412', 'USD 0.000412'],
    ['0.00000041237', '≈ USD 0.0000004124'],
    ['0.000000000000000001', 'USD 0.000000000000000001'],
  ])('writes %s as %s', (text, expected) => {
    expect(money(text, 'USD')).toBe(expected);
  });

  it('never shows an amount that is not zero as zero', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 36n), max: 10n ** 36n }), (atto) => {
        const text = money(formatDecimal(fromAtto(atto)), 'USD');
        expect(/[1-9]/.test(text)).toBe(atto !== 0n);
      }),
    );
  });

  it('is the amount itself wherever it does not say ≈', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 36n), max: 10n ** 36n }), fc.nat(18), (atto, zeros) => {
        const exact = fromAtto(atto - (atto % 10n ** BigInt(zeros)));
        const text = money(formatDecimal(exact), 'USD');
        const back = decimal(text.replace(/^(≈ )?USD /, '').replaceAll(',', ''));
        expect(back === exact).toBe(!text.startsWith('≈'));
      }),
    );
  });
});

describe('unitCost', () => {
  it.each([
    ['0.003497112', '0.003497'],
    ['0.912300000000000001', '0.9123'],
    ['10.10101010101010101', '10.10'],
    ['12345.678', '12,345.68'],
    ['2', '2.00'],
    ['0', '0.00'],
  ])('writes %s as %s', (text, expected) => {
    expect(unitCost(text, 'USD')).toBe(`USD ${expected}`);
  });
});

describe('percent', () => {
  it.each([
    ['0.8', '80 %'],
    ['0.799999999999999999', '79.9 %'],
    ['0.9999', '99.9 %'],
    ['1.00375', '100.3 %'],
    ['12.5', '1,250 %'],
    ['0.0004', '< 0.1 %'],
    ['-0.0004', '> -0.1 %'],
    ['-0.25', '-25 %'],
    ['0', '0 %'],
  ])('cuts %s to %s', (share, expected) => {
    expect(percent(share)).toBe(expected);
  });
});

describe('signedPercent and count', () => {
  it('write a sign, a tenth and thousands separators', () => {
    expect(signedPercent('0.1244')).toBe('+12.4 %');
    expect(signedPercent('-0.0112')).toBe('-1.1 %');
    expect(signedPercent('0')).toBe('0.0 %');
    expect(signedPercent('12.5')).toBe('+1,250.0 %');
    expect(count('1204118')).toBe('1,204,118');
    expect(count('3.5')).toBe('3.5');
    expect(count(999)).toBe('999');
  });
});

describe('movedText', () => {
  const moved = (change: string | null, now: string | null, before: string | null): string =>
    movedText({ change, now, before }, (text) => money(text, 'USD'));

  it.each([
    ['0.2', '12', '10', '+20.0 %'],
    ['-1', '0', '10', '-100.0 %'],
    [null, '12', '10', '–'],
    ['0.2', null, null, '+20.0 %'],
  ])('is a percentage of what was before: %s', (change, now, before, text) => {
    expect(moved(change, now, before)).toBe(text);
  });

  it.each([
    ['1.5', '1', '-2', '+USD 3.00'],
    ['-1.5', '-5', '10', 'USD -15.00'],
    ['0.5', '-1', '-2', '+USD 1.00'],
    ['-1', '-4', '-2', 'USD -2.00'],
  ])('is the amount itself where one of the two is a credit: %s', (change, now, before, text) => {
    expect(moved(change, now, before)).toBe(text);
  });
});
