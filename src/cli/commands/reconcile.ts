import { type ExitStatus, worstExit } from '../../core/index.ts';
import { periodWords } from '../../report/index.ts';
import { reconcileViews, type Reconciled, unknownName } from '../../review/index.ts';
import type { CommandDefinition } from '../command.ts';
import { inTableFormats } from '../formats.ts';
import { periodOption, type PeriodOptions } from '../period-option.ts';
import { dayTable, pairTable, reconciledJson, reconciledLines } from '../show/reconcile.ts';
import { inUsage, type UsageCall } from '../with-usage.ts';
import type { CommandResult } from '../world.ts';

const STATUS = { pass: 0, fail: 3, inconclusive: 5 } as const satisfies Record<string, ExitStatus>;

interface Options extends PeriodOptions {
  readonly days?: true;
}

export const reconcile: CommandDefinition = {
  examples: [
    'spendproof reconcile',
    'spendproof reconcile one-bill --from 2026-11-01 --until 2026-12-01',
    'spendproof reconcile one-bill --days --format csv --out days.csv',
  ],
  exits: '0 the views agree · 3 they differ beyond tolerance · 5 nothing to compare, or undecided',
  build: (command, act) => {
    command
      .description(
        'Compare the views of one bill as they are imported; what the difference is made of. Records and holds nothing.',
      )
      .argument('[ids...]', 'entries of `reconcile`; default: all')
      .option('--from <date>', 'first date; default: the period that a review would cover')
      .option('--until <date>', 'first date after')
      .option('--days', 'all days and things beyond tolerance, as a table')
      .action(
        async (ids: string[], options: Options) =>
          await inUsage(act, async (of) => await compare(of, ids, options)),
      );
  },
};

async function compare(
  { call, workspace, store, manifests, asOf }: UsageCall,
  ids: readonly string[],
  options: Options,
): Promise<CommandResult> {
  const { plan } = workspace;
  const known = plan.reconcile.map(({ id }) => id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) throw unknownName('entry of reconcile', unknown, known);
  const period = periodOption(workspace, options, asOf);
  const found: Reconciled[] = [];
  for (const entry of plan.reconcile.filter(({ id }) => ids.length === 0 || ids.includes(id))) {
    found.push(await reconcileViews({ plan, store, manifests, asOf }, entry, period));
  }
  const asDays = options.days === true;
  const table = asDays ? dayTable(found) : pairTable(found);
  const formats = inTableFormats(call, table, NOTHING_BEYOND);
  return {
    ...formats,
    exit: worstExit(found.map(({ outcome }) => STATUS[outcome])),
    data: reconciledJson(found),
    text: found.length === 0 ? NOTHING_PLANNED : asDays ? formats.text : pageOf(found),
    notes: [`${periodWords(period)} (${period.zone})`],
  };
}

const NOTHING_PLANNED =
  'The plan reconciles nothing: name the exports that are views of one bill in `reconcile`.';
const NOTHING_BEYOND = 'No day is beyond tolerance.';

const pageOf = (found: readonly Reconciled[]): string =>
  found.map((one) => reconciledLines(one).join('\n')).join('\n\n');
