import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactValues } from './redact-values.ts';

describe('redactValues', () => {
  it.each([
    ['It costs $3.00 for a million.', 'It costs <amount> for a million.'],
    ['20 dollars or CHF 30', '<amount> or <amount>'],
    ['60 RPM, 99.9 % uptime', '<n> RPM, <n> % uptime'],
    ['The models are abc-4o, def-3.5 and ghi-2 now.', 'The <models> now.'],
    ['Call POST /v1/chat in 2 steps', 'Call POST /v<n>/chat in <n> steps'],
    ['No number at all', 'No number at all'],
  ])('shows %j as %j', (text, shown) => {
    expect(redactValues(text)).toBe(shown);
  });

  it('leaves no digit, and nothing more to take away', () => {
    const part = fc.constantFrom(
      '$3.00',
      ' ',
      '60 RPM',
      '1,000',
      'models a-1, b-2',
      '€',
      'x',
      '%',
      '\n',
      '٣',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const shown = redactValues(parts.join(''));
        expect(shown).not.toMatch(/\d/);
        expect(redactValues(shown)).toBe(shown);
      }),
    );
  });
});
