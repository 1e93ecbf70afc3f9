import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CalendarEvent, renderCalendar } from './calendar.ts';

const event: CalendarEvent = {
  uid: 'abc.team@spendproof',
  startsAt: '2026-11-30T08:00:00Z',
  minutes: 30,
  summary: 'Review; budgets, all',
  description: 'Run:\nspendproof review',
};

describe('renderCalendar', () => {
  it('writes one event in UTC with its own id', () => {
    expect(renderCalendar('Team', [event], '2026-11-23T08:00:00Z')).toBe(
      [
        'BEGIN:VCALENDAR',
        'VERSION:2.0',
        'PRODID:-//Spendproof//Reviews//EN',
        'CALSCALE:GREGORIAN',
        'METHOD:PUBLISH',
        'X-WR-CALNAME:Team',
        'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
        'X-PUBLISHED-TTL:PT1H',
        'BEGIN:VEVENT',
        'UID:abc.team@spendproof',
        'DTSTAMP:20261123T080000Z',
        'DTSTART:20261130T080000Z',
        'DURATION:PT30M',
        'SUMMARY:Review\\; budgets\\, all',
        'DESCRIPTION:Run:\\nspendproof review',
        'TRANSP:TRANSPARENT',
        'END:VEVENT',
        'END:VCALENDAR',
        '',
      ].join('\r\n'),
    );
  });

  it('keeps every line within 75 octets and loses no character when it is unfolded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (title) => {
        const summary = title.replace(/[\\;,]|\p{Cc}/gu, 'x');
        const text = renderCalendar('Team', [{ ...event, summary }], event.startsAt);
        for (const line of text.split('\r\n')) {
          expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
        }
        expect(text.replace(/\r\n /g, '')).toContain(`\r\nSUMMARY:${summary}\r\n`);
      }),
    );
  });
});
