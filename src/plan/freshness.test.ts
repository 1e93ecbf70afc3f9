import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationMs } from '../core/index.ts';
import { cadenceMs, durationText } from './freshness.ts';

describe('cadenceMs', () => {
  it.each([
    [{}, '9d'],
    [{ review: { cadence: { every: 'day' } } }, '3d'],
    [{ review: { cadence: { every: 'month', grace: '12h' } } }, '756h'],
    [{ review: { cadence: { every: 'fortnight', grace: 'long' } } }, '9d'],
  ])('adds the grace to the step (case %#)', (raw, expected) => {
    expect(durationText(cadenceMs(raw))).toBe(expected);
  });
});

describe('durationText', () => {
  it('writes what durationMs reads, exactly where a unit holds it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999_999 }),
        fc.constantFrom('ms', 's', 'm', 'h', 'd'),
        (count, unit) => {
          const ms = durationMs(`${count}${unit}`);
          expect(durationMs(durationText(ms))).toBe(ms);
        },
      ),
    );
  });

  it('writes no longer one than a plan can', () => {
    const raw = { review: { cadence: { every: 'month', grace: '999999d' } } };
    expect(durationText(cadenceMs(raw))).toBe('999999d');
  });

  it('rounds up where no unit holds it', () => {
    expect(durationText(604_800_001)).toBe('604801s');
  });
});
