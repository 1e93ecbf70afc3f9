import { formatDecimal } from '../../core/index.ts';
import type { Plan } from '../../plan/index.ts';
import { money } from '../../report/index.ts';
import { familyLines, type OpenAlert, overlaps } from '../../review/index.ts';

/** Enough of a digest to tell alerts apart on a screen. */
const SHOWN = 8;

/** Lists the alerts that wait for an owner, each with the command that answers it. */
export const alertNotes = (alerts: readonly OpenAlert[]): readonly string[] =>
  alerts.map(({ alert, budget, rules, owner, since, snoozedUntil }) => {
    const id = alert.slice('sha256:'.length, 'sha256:'.length + SHOWN);
    const snoozed = snoozedUntil === null ? '' : `, snoozed until ${snoozedUntil}`;
    return `Open alert ${id}: ${budget} ${rules.join(', ')}, for ${owner} since ${since}${snoozed}; spendproof budget ack ${id}`;
  });

/** Says what a parent holds beside its parts, and which budgets must not be added up. */
export const familyNotes = (
  plan: Plan,
  results: Parameters<typeof familyLines>[1],
): readonly string[] => [
  ...familyLines(plan, results).map(({ parent, parts, rest }) => {
    const left = rest === null ? 'unknown' : money(formatDecimal(rest), plan.currency);
    return `${parent} holds ${left} beside its parts ${parts.join(', ')}`;
  }),
  ...overlaps(plan).map(
    ([left, right]) => `${left} and ${right} can count the same records: never add them up`,
  ),
];
