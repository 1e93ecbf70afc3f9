import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDecimals,
  type Decimal,
  decimal,
  divideDecimal,
  formatDecimal,
  fromAtto,
  multiplyDecimal,
  parseDecimal,
  parseJsonDecimal,
  roundDecimal,
  subtractDecimal,
  wholeDecimal,
  ZERO,
} from './decimal.ts';

const BOUND = 10n ** 38n - 1n;
const anyDecimal = fc.bigInt({ min: -BOUND, max: BOUND }).map((atto) => fromAtto(atto));
const small = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map((atto) => fromAtto(atto));
const ONE = decimal('1');
const magnitude = (value: bigint) => (value < 0n ? -value : value);

/** Checks `2·|numerator/denominator − quotient| <= 1` and that a tie went away from zero, in whole numbers. */
function expectRounded(quotient: bigint, numerator: bigint, denominator: bigint): void {
  const rest = 2n * magnitude(numerator - quotient * denominator);
  expect(rest <= magnitude(denominator)).toBe(true);
  if (rest === magnitude(denominator)) {
    expect(magnitude(quotient * denominator) > magnitude(numerator)).toBe(true);
  }
}

describe('parseDecimal', () => {
  it('reads back every decimal that formatDecimal writes', () => {
    fc.assert(
      fc.property(anyDecimal, (value) => {
        expect(parseDecimal(formatDecimal(value))).toBe(value);
      }),
    );
  });

  it('writes the shortest form: no trailing zeros, no bare point, no negative zero', () => {
    fc.assert(
      fc.property(anyDecimal, (value) => {
        expect(formatDecimal(value)).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
        expect(formatDecimal(value)).not.toBe('-0');
      }),
    );
  });

  it.each([
    ['1200.00', '1200'],
    ['0.5', '0.5'],
    ['-0', '0'],
    ['007', '7'],
    ['-0.000000000000000001', '-0.000000000000000001'],
    ['99999999999999999999.999999999999999999', '99999999999999999999.999999999999999999'],
  ])('reads %s as %s', (text, expected) => {
    expect(formatDecimal(decimal(text))).toBe(expected);
  });

  it.each([
    '',
    ' ',
    'NaN',
    'Infinity',
    '1,200',
    '1e3',
    '+1',
    '.5',
    '5.',
    '1.2.3',
    '--1',
    '0x10',
    '1 ',
    '１',
    '100000000000000000000.0000000000000000001',
    '123456789012345678901',
    '0.1234567890123456789',
  ])('refuses %j', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
    expect(() => decimal(text)).toThrow(RangeError);
  });

  it('never goes through a float', () => {
    expect(formatDecimal(addDecimals(decimal('0.1'), decimal('0.2')))).toBe('0.3');
    expect(formatDecimal(decimal('9007199254740993'))).toBe('9007199254740993');
  });
});

describe('parseJsonDecimal', () => {
  it.each([
    ['8e-7', '0.0000008'],
    ['1.5E+3', '1500'],
    ['-2.50e1', '-25'],
    ['0e999', '0'],
    ['0e-999', '0'],
    ['12', '12'],
    ['100e-20', '0.000000000000000001'],
    ['9e19', '90000000000000000000'],
  ])('reads %s exactly as %s', (text, expected) => {
    const value = parseJsonDecimal(text);
    expect(value === undefined ? undefined : formatDecimal(value)).toBe(expected);
  });

  it.each(['1e-19', '15e-19', '1e20', '1e999', '1e-999', 'e5', '1e', '1e5.5', 'NaN', '1e1000', ''])(
    'gives undefined for %j, which it could only round',
    (text) => {
      expect(parseJsonDecimal(text)).toBeUndefined();
    },
  );

  it('is exact or undefined for every mantissa and exponent', () => {
    const mantissa = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
    fc.assert(
      fc.property(mantissa, fc.integer({ min: -40, max: 40 }), (digits, exponent) => {
        const value = parseJsonDecimal(`${digits}e${exponent}`);
        const power = 10n ** BigInt(Math.abs(exponent + 18));
        const exact = exponent + 18 >= 0 ? digits * power : digits / power;
        const isExact = exponent + 18 >= 0 || digits % power === 0n;
        expect(value).toBe(isExact && magnitude(exact) <= BOUND ? exact : undefined);
      }),
    );
  });

  it('reads every number that JSON.stringify writes to that very number, or not at all', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const value = parseJsonDecimal(JSON.stringify(number));
        if (value !== undefined) expect(Number(formatDecimal(value))).toBe(number + 0);
      }),
    );
  });
});

describe('decimal arithmetic', () => {
  it('adds in any order and grouping', () => {
    fc.assert(
      fc.property(anyDecimal, anyDecimal, anyDecimal, (a, b, c) => {
        expect(addDecimals(a, b)).toBe(addDecimals(b, a));
        expect(addDecimals(addDecimals(a, b), c)).toBe(addDecimals(a, addDecimals(b, c)));
        expect(addDecimals(a, b, c)).toBe(addDecimals(addDecimals(a, b), c));
        expect(addDecimals(a, ZERO)).toBe(a);
      }),
    );
  });

  it('gives zero for a sum of nothing', () => {
    expect(addDecimals()).toBe(ZERO);
  });

  it('takes away what was added', () => {
    fc.assert(
      fc.property(anyDecimal, anyDecimal, (a, b) => {
        expect(subtractDecimal(addDecimals(a, b), b)).toBe(a);
      }),
    );
  });

  it('multiplies to the nearest 10⁻¹⁸, half away from zero', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        const product = multiplyDecimal(a, b);
        expectRounded(product, a * b, ONE);
        expect(multiplyDecimal(b, a)).toBe(product);
        expect(multiplyDecimal(fromAtto(-a), b)).toBe(-product);
        expect(multiplyDecimal(a, ONE)).toBe(a);
      }),
    );
  });

  it('divides to the nearest 10⁻¹⁸, half away from zero', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        fc.pre(b !== 0n);
        const quotient = divideDecimal(a, b);
        expect(quotient).toBeDefined();
        expectRounded(quotient ?? ZERO, a * ONE, b);
        expect(divideDecimal(a, fromAtto(-b))).toBe(-(quotient ?? ZERO));
        expect(divideDecimal(a, ONE)).toBe(a);
      }),
    );
  });

  it('rounds a tie away from zero on both sides', () => {
    const half = decimal('0.5');
    const atto = fromAtto(1n);
    expect(multiplyDecimal(atto, half)).toBe(1n);
    expect(multiplyDecimal(fromAtto(-1n), half)).toBe(-1n);
    expect(divideDecimal(fromAtto(3n), decimal('2'))).toBe(2n);
    expect(divideDecimal(fromAtto(-3n), decimal('2'))).toBe(-2n);
  });

  it('has no quotient by zero', () => {
    fc.assert(
      fc.property(anyDecimal, (a) => {
        expect(divideDecimal(a, ZERO)).toBeUndefined();
      }),
    );
  });

  it.each([
    ['1.005', 2, '1.01'],
    ['-1.005', 2, '-1.01'],
    ['2.5', 0, '3'],
    ['-2.4999', 0, '-2'],
    ['0.1', 18, '0.1'],
  ])('rounds %s to %i places as %s', (text, places, expected) => {
    expect(formatDecimal(roundDecimal(decimal(text), places))).toBe(expected);
  });

  it('rounds to a multiple of the step that is at most half a step away, and only once', () => {
    fc.assert(
      fc.property(anyDecimal, fc.integer({ min: 0, max: 18 }), (value, places) => {
        const step = 10n ** BigInt(18 - places);
        const rounded = roundDecimal(value, places);
        expect(rounded % step).toBe(0n);
        expectRounded(rounded / step, value, step);
        expect(roundDecimal(rounded, places)).toBe(rounded);
      }),
    );
  });

  it('makes whole numbers and refuses a fraction', () => {
    expect(formatDecimal(wholeDecimal(42))).toBe('42');
    expect(formatDecimal(wholeDecimal(-(2n ** 60n)))).toBe(String(-(2n ** 60n)));
    expect((): Decimal => wholeDecimal(1.5)).toThrow(RangeError);
  });
});
