/** One review as a calendar shows it. */
export interface CalendarEvent {
  /** Stable: the same review has the same id in every export. */
  readonly uid: string;
  /** An instant, `YYYY-MM-DDTHH:MM:SSZ`. */
  readonly startsAt: string;
  readonly minutes: number;
  readonly summary: string;
  readonly description: string;
}

/**
 * Writes reviews as an iCalendar feed (RFC 5545): one event for each time, in UTC.
 *
 * A rule that repeats would need the rules of its zone beside it, and few clients agree on them; single times in UTC are
 * right everywhere, on days when clocks change too. The same events give the same bytes.
 *
 * @param stamp when the feed last changed, as an instant.
 */
export function renderCalendar(
  name: string,
  events: readonly CalendarEvent[],
  stamp: string,
): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Spendproof//Reviews//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${textOf(name)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    'X-PUBLISHED-TTL:PT1H',
    ...events.flatMap((event) => [
      'BEGIN:VEVENT',
      `UID:${textOf(event.uid)}`,
      `DTSTAMP:${timeOf(stamp)}`,
      `DTSTART:${timeOf(event.startsAt)}`,
      `DURATION:PT${event.minutes}M`,
      `SUMMARY:${textOf(event.summary)}`,
      `DESCRIPTION:${textOf(event.description)}`,
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
    ]),
    'END:VCALENDAR',
  ];
  return `${lines.map(folded).join('\r\n')}\r\n`;
}

const timeOf = (instant: string): string => instant.replace(/[-:]/g, '');

/** RFC 5545, 3.3.11. */
const textOf = (text: string): string =>
  text
    .replace(/[\\;,]/g, (mark) => `\\${mark}`)
    .replace(/\r?\n/g, '\\n')
    .replace(/\p{Cc}/gu, '');

const LINE_BYTES_MAX = 75;

/** Breaks a line after 75 octets at most, never inside a character (RFC 5545, 3.1). */
function folded(line: string): string {
  const parts: string[] = [];
  let part = '';
  let sizeBytes = 0;
  for (const character of line) {
    const bytes = new TextEncoder().encode(character).byteLength;
    if (sizeBytes + bytes > LINE_BYTES_MAX) {
      parts.push(part);
      // The space that begins a continued line counts.
      part = '';
      sizeBytes = 1;
    }
    part += character;
    sizeBytes += bytes;
  }
  return [...parts, part].join('\r\n ');
}
