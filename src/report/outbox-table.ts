import { cell, type TableContent } from './table.ts';

/** What the list of notices shows of one. */
export interface OutboxLine {
  readonly notice: string | null;
  readonly budget: string | null;
  readonly transition: string;
  readonly step: number;
  readonly channel: string;
  readonly to: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly at: string;
}

/** Lays out what was sent and what waits. */
export const outboxTable = (rows: readonly OutboxLine[]): TableContent => ({
  columns: [
    { key: 'notice', title: 'Notice', align: 'left' },
    { key: 'what', title: 'What', align: 'left' },
    { key: 'channel', title: 'Channel', align: 'left' },
    { key: 'to', title: 'To', align: 'left' },
    { key: 'state', title: 'State', align: 'left' },
    { key: 'attempts', title: 'Attempts', align: 'right' },
    { key: 'at', title: 'At', align: 'left' },
  ],
  rows: rows.map((row) => [
    {
      raw: row.notice,
      text: row.notice === null ? '–' : row.notice.replace('sha256:', '').slice(0, 12),
    },
    cell(whatOf(row)),
    cell(row.channel),
    cell(row.to),
    cell(row.reason === null || row.reason === 'ok' ? row.state : `${row.state}: ${row.reason}`),
    cell(row.attempts),
    cell(row.state === 'waiting' ? `from ${row.at}` : row.at),
  ]),
});

function whatOf({ transition, step, budget }: OutboxLine): string {
  const what = step === 0 ? transition : `${transition} ${step}`;
  return budget === null ? what : `${budget} ${what}`;
}
