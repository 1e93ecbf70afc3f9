import type { Json } from '../../core/index.ts';
import { cell, renderCalendar, type TableContent } from '../../report/index.ts';
import {
  cadenceWords,
  calendarEntries,
  type CalendarEntry,
  calendarEvents,
} from '../../review/index.ts';
import { asOfInstant, withWorkspace } from '../call.ts';
import type { CommandDefinition } from '../command.ts';
import { inTableFormats } from '../formats.ts';
import type { Call, CommandResult } from '../world.ts';

export const calendar: CommandDefinition = {
  examples: ['spendproof calendar', 'spendproof calendar --ics --out reviews.ics'],
  exits: '0 nothing was missed · 3 a review was missed',
  build: (command, act) => {
    command
      .description('When reviews are due: the last ones with what became of them, and the next 26.')
      .option('--ics', 'write an iCalendar feed that calendars can subscribe to')
      .action(async (options: { readonly ics?: true }) => {
        await act(async (call) => await show(call, options.ics === true));
      });
  },
};

async function show(call: Call, asFeed: boolean): Promise<CommandResult> {
  return await withWorkspace(call, async (workspace) => {
    const { plan, ports } = workspace;
    const now = asOfInstant(call, plan.timezone) ?? ports.clock.now();
    const entries = await calendarEntries(workspace, now);
    const data = entries.map((entry): Json => ({ ...entry, period: { ...entry.period } }));
    if (asFeed) {
      const events = calendarEvents(workspace, entries);
      const name = `Token budget reviews, ${plan.team}`;
      return { exit: 0, data, text: renderCalendar(name, events, stampOf(entries, now)) };
    }
    return {
      ...inTableFormats(call, tableOf(entries.slice(0, 16))),
      exit: entries.some(({ state }) => state === 'missed') ? 3 : 0,
      data,
      notes: [`Due ${cadenceWords(plan)}. For schedulers: spendproof review --due`],
    };
  });
}

/** The newest time that has passed: a feed that is read again at once is the same bytes. */
const stampOf = (entries: readonly CalendarEntry[], now: string): string =>
  entries.findLast(({ dueAt }) => dueAt <= now)?.dueAt ?? entries[0]?.dueAt ?? now;

const tableOf = (entries: readonly CalendarEntry[]): TableContent => ({
  columns: [
    { key: 'due', title: 'Due', align: 'left' },
    { key: 'covers', title: 'Covers from', align: 'left' },
    { key: 'state', title: 'State', align: 'left' },
    { key: 'review', title: 'Review', align: 'left' },
    { key: 'outcome', title: 'Outcome', align: 'left' },
  ],
  rows: entries.map(({ dueAt, period, state, review, outcome }) => [
    cell(dueAt),
    cell(period.start),
    cell(state),
    cell(review),
    cell(outcome),
  ]),
});
