import { fc, it as law } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { addDays, type PlainDate } from '../core/index.ts';
import { equalCalendar } from './equal-calendar.ts';

const from = (first: string, count: number): readonly PlainDate[] =>
  Array.from({ length: count }, (_, index) => addDays(first as PlainDate, index));
const weekday = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay();

describe('equalCalendar', () => {
  it('puts a week beside the week before it', () => {
    const { current, previous } = equalCalendar(from('2026-11-16', 7));
    expect([current[0], current[6], previous[0], previous[6]]).toEqual([
      '2026-11-16',
      '2026-11-22',
      '2026-11-09',
      '2026-11-15',
    ]);
  });

  it('compares the last four weeks of a month of 31 days, not the month', () => {
    const { current, previous } = equalCalendar(from('2026-12-01', 31));
    expect([current.length, current[0], previous[0]]).toEqual([28, '2026-12-04', '2026-11-06']);
  });

  it('puts a single day beside the same weekday before', () => {
    expect(equalCalendar(from('2026-11-23', 1)).previous).toEqual(['2026-11-16']);
  });

  law.prop([fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 1, max: 400 })])(
    'stands every date beside an earlier one of the same weekday, and overlaps nowhere',
    (offset, count) => {
      const { current, previous } = equalCalendar(
        from(addDays('2024-01-01' as PlainDate, offset), count),
      );
      expect(previous.map(weekday)).toEqual(current.map(weekday));
      expect(new Set([...current, ...previous]).size).toBe(current.length * 2);
    },
  );
});
