import {
  type ExitStatus,
  formatDecimal,
  type Json,
  terminalText,
  worstExit,
} from '../../core/index.ts';
import type { ComparedPair } from '../../metrics/index.ts';
import { count, money, periodWords, reasonWords } from '../../report/index.ts';
import { reconcileViews, type Reconciled, unknownName } from '../../review/index.ts';
import type { CommandDefinition } from '../command.ts';
import { periodOption, type PeriodOptions } from '../period-option.ts';
import { inUsage, type UsageCall } from '../with-usage.ts';
import type { CommandResult } from '../world.ts';

const STATUS = { pass: 0, fail: 3, inconclusive: 5 } as const satisfies Record<string, ExitStatus>;
const WORST_SHOWN = 10;

export const reconcile: CommandDefinition = {
  build: (command, act) => {
    command
      .description(
        'Compare the views of one bill as they are imported; what the difference is made of. Records and holds nothing.',
      )
      .argument('[ids...]', 'entries of `reconcile`; default: all')
      .option('--from <date>', 'first date; default: the period that a review would cover')
      .option('--until <date>', 'first date after')
      .addHelpText(
        'after',
        '\nExamples:\n  spendproof reconcile\n  spendproof reconcile one-bill --from 2026-11-01 --until 2026-12-01',
      )
      .action(
        async (ids: string[], options: PeriodOptions) =>
          await inUsage(act, async (of) => await compare(of, ids, options)),
      );
  },
};

async function compare(
  { workspace, store, manifests, asOf }: UsageCall,
  ids: readonly string[],
  options: PeriodOptions,
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
  return {
    exit: worstExit(found.map(({ outcome }) => STATUS[outcome])),
    data: jsonOf(found),
    text:
      found.length === 0
        ? 'The plan reconciles nothing: name the exports that are views of one bill in `reconcile`.'
        : found.map((one) => lines(one).join('\n')).join('\n\n'),
    notes: [`${periodWords(period)} (${period.zone})`],
  };
}

function lines({ reconcile: id, views, pairs, outcome, reasons }: Reconciled): readonly string[] {
  const why = reasonWords(reasons);
  return [
    `${id}  ${outcome}${why === '' ? '' : `: ${why}`}`,
    ...views.map((view) => {
      const { cost, requests, tokens } = view.totals;
      const parts = [
        cost.value === null
          ? 'cost unknown'
          : money(formatDecimal(cost.value), view.currency ?? ''),
        ...(requests.value === null ? [] : [`${count(formatDecimal(requests.value))} requests`]),
        ...(tokens.value === null ? [] : [`${count(formatDecimal(tokens.value))} tokens`]),
        ...(view.quantum === null ? [] : [`steps of ${formatDecimal(view.quantum)}`]),
        ...(view.invoice ? ['gives what an invoice bills'] : []),
      ];
      return `  ${view.export}  ${parts.join(', ')}; ${view.present.size} days`;
    }),
    ...pairs.flatMap((pair) => pairLines(pair, views[0]?.currency ?? '')),
  ];
}

function pairLines(pair: ComparedPair, currency: string): readonly string[] {
  const { left, right, measures, compared, open, disagreements, undecided, difference } = pair;
  const shown = disagreements.slice(0, WORST_SHOWN);
  const parts =
    difference === null
      ? []
      : (['missing', 'duplicated', 'price', 'rounding', 'zone'] as const).map(
          (name) => `${name} ${money(formatDecimal(difference[name]), currency)}`,
        );
  return [
    `  ${right} against ${left}: ${measures.join(', ') || 'nothing in common, each counts what the other lacks'}; ${compared} days compared, ${open} open, ${disagreements.length} beyond tolerance${undecided === 0 ? '' : `, ${undecided} that another midnight or unknown amounts could explain`}`,
    ...(difference === null
      ? []
      : [`    cost ${money(formatDecimal(difference.total), currency)} = ${parts.join(', ')}`]),
    ...shown.map(({ date, thing, measure, left: one, right: other }) => {
      const of = thing === '' ? '' : `  ${terminalText(thing)}`;
      return `    ${date}${of}  ${measure}  ${one === null ? 'unknown' : formatDecimal(one)} against ${other === null ? 'unknown' : formatDecimal(other)}`;
    }),
    ...(disagreements.length > WORST_SHOWN
      ? [`    and ${count(disagreements.length - WORST_SHOWN)} more`]
      : []),
  ];
}

const jsonOf = (found: readonly Reconciled[]): Json =>
  JSON.parse(
    JSON.stringify(found, (name, value: unknown) => {
      if (value instanceof Set) return [...value];
      if (name === 'cells') return undefined;
      return typeof value === 'bigint'
        ? formatDecimal(value as Parameters<typeof formatDecimal>[0])
        : value;
    }),
  ) as Json;
