import type { Command } from 'commander';
import { AppError, dateIn, type Json, parseInstant, terminalText } from '../../core/index.ts';
import { explainRow, type RowExplanation, type RowFacts } from '../../metrics/index.ts';
import type { Plan, PlanExport } from '../../plan/index.ts';
import { periodWords } from '../../report/index.ts';
import { unknownName } from '../../review/index.ts';
import { type Aggregate, COST_MEASURE, isUnallocated, type UsageRow } from '../../usage/index.ts';
import type { Act, CommandDefinition } from '../command.ts';
import { inTableFormats } from '../formats.ts';
import { dateOption, periodOption, type PeriodOptions } from '../period-option.ts';
import { allocationTable } from '../show/allocation.ts';
import { aggregateJson } from '../show/usage.ts';
import { inUsage, sums, type UsageCall } from '../with-usage.ts';
import type { CommandResult } from '../world.ts';
import { unknownWord } from '../unknown-word.ts';

export const allocate: CommandDefinition = {
  examples: [
    'spendproof allocate',
    'spendproof allocate show --from 2026-11-01 --until 2026-12-01',
    'spendproof allocate unallocated --from 2026-11-01 --until 2026-12-01',
    'spendproof allocate explain req-123',
    'spendproof allocate explain key=svc-search,date=2026-11-18',
  ],
  exits: '0 answered · 5 no imported row is meant (explain)',
  build: (command, act) => {
    command.description(
      'Who the cost belongs to by the rules of the plan; what nobody has is always shown. Records nothing.',
    );
    periodOptions(command.command('show', { isDefault: true }))
      .description('cost by workload and owner, and the rules that took no row')
      .action(
        async (options: Options) => await inUsage(act, async (of) => await show(of, options)),
      );
    periodOptions(command.command('unallocated'))
      .description('what no workload has, by reason and by what the export says')
      .action(
        async (options: Options) =>
          await inUsage(act, async (of) => await unallocated(of, options)),
      );
    buildExplain(command, act);
  },
};

type Options = PeriodOptions & { readonly basis: string };

const periodOptions = (command: Command): Command =>
  command
    .option('--from <date>', 'first date; default: the period that a review would cover')
    .option('--until <date>', 'first date after')
    .option('--basis <basis>', Object.keys(COST_MEASURE).join(', '), 'charged');

function buildExplain(command: Command, act: Act): void {
  command
    .command('explain')
    .description('which rule takes a row, and what speaks against the others')
    .argument(
      '<row>',
      'a request or trace reference, or key=…,model=…,project=…,workload=…,date=…,export=…',
    )
    .action(async (row: string) => await inUsage(act, async (of) => await explain(of, row)));
}

function measureOf(basis: string) {
  const found = Object.entries(COST_MEASURE).find(([id]) => id === basis)?.[1];
  if (found === undefined) throw unknownWord('--basis', basis, Object.keys(COST_MEASURE));
  return found;
}

async function show(of: UsageCall, options: Options): Promise<CommandResult> {
  const { workspace, asOf } = of;
  const { plan, loaded } = workspace;
  const measure = measureOf(options.basis);
  const period = periodOption(workspace, options, asOf);
  const measures = [measure, 'requests'] as const;
  const answer = await sums(of, { period, by: ['workload', 'owner'], measures });
  const taken = await sums(of, { period, by: ['rule', 'pool'], measures: ['requests'] });
  const by = ['workload', 'owner'] as const;
  const unused = unusedEntries(of, taken);
  const shadowed = loaded.warnings.filter(({ rule }) => rule === 'shadowed-rule');
  return {
    ...inTableFormats(of.call, allocationTable({ answer, by, measure, currency: plan.currency })),
    exit: 0,
    data: { allocation: aggregateJson(answer), unused, shadowed: shadowed.map(({ path }) => path) },
    notes: [
      `${periodWords(period)} (${period.zone}); ${answer.coverage.present} of ${answer.coverage.expected} days${answer.flags.length === 0 ? '' : `; ${answer.flags.join(', ')}`}`,
      ...(hasUnallocated(answer) ? ['Next: spendproof allocate unallocated'] : []),
    ],
    warnings: [
      ...unused.map((entry) => `${entry} took no row of this period`),
      ...shadowed.map(({ path, message }) => `${path}: ${message}`),
    ],
  };
}

const hasUnallocated = ({ rows }: Aggregate): boolean =>
  rows.some(({ group }) => isUnallocated(group.workload ?? ''));

/** Entries of the plan that took no row of the period; one that is shadowed or out of date is among them. */
function unusedEntries({ workspace }: UsageCall, taken: Aggregate): readonly string[] {
  const { rules, shared } = workspace.plan.allocation;
  const used = new Set(taken.rows.map(({ group }) => group.rule ?? `shared ${group.pool ?? ''}`));
  return [
    ...rules.flatMap((_, index) => (used.has(String(index + 1)) ? [] : [`rule ${index + 1}`])),
    ...shared.flatMap(({ id }) => (used.has(`shared ${id}`) ? [] : [`shared ${id}`])),
  ];
}

async function unallocated(of: UsageCall, options: Options): Promise<CommandResult> {
  const { workspace, asOf } = of;
  const measure = measureOf(options.basis);
  const period = periodOption(workspace, options, asOf);
  const by = ['workload', 'export', 'key', 'project', 'model', 'statedWorkload'] as const;
  const all = await sums(of, { period, by, measures: [measure, 'requests'] });
  const rows = all.rows
    .filter(({ group }) => isUnallocated(group.workload ?? ''))
    .toSorted((left, right) => {
      const [one, other] = [left, right].map(({ measures }) => measures[measure]?.value ?? 0n);
      return Number((one ?? 0n) < (other ?? 0n)) - Number((one ?? 0n) > (other ?? 0n));
    });
  const total = await sums(of, { period, by: [], measures: [measure, 'requests'] });
  const answer = { ...all, rows, total: { group: {}, measures: {} } };
  const share = total.total.measures[measure]?.value ?? null;
  return {
    ...inTableFormats(
      of.call,
      allocationTable({ answer, by, measure, currency: workspace.plan.currency }),
      'All cost has a workload.',
    ),
    exit: 0,
    data: { rows: aggregateJson(answer), total: share === null ? null : aggregateJson(total) },
    notes: [
      'Name what belongs to a workload in allocation.rules; shared cost in allocation.shared.',
    ],
  };
}

async function explain(of: UsageCall, text: string): Promise<CommandResult> {
  const facts = text.includes('=') ? [namedRow(of, text)] : await referencedRows(of, text);
  const { plan } = of.workspace;
  const found = facts.map((row) => ({ row, why: explainRow(plan, row) }));
  const lines = found.map(({ row, why }) => [rowLine(row), ...whyLines(why)].join('\n'));
  return {
    exit: found.length === 0 ? 5 : 0,
    data: JSON.parse(JSON.stringify(found)) as Json,
    text: found.length === 0 ? 'No imported row has this reference.' : lines.join('\n\n'),
  };
}

async function referencedRows(of: UsageCall, ref: string): Promise<readonly RowFacts[]> {
  const { plan } = of.workspace;
  const rows = await of.store.rowsOf({ manifests: of.manifests, ref });
  return rows.map((row) => ({ ...row, date: dateOf(row, plan.timezone) }));
}

/** A row of an instant counts on the date of the plan's zone, a day bucket on the date it names. */
function dateOf({ date, start }: UsageRow, zone: string): string {
  const instant = start === null ? undefined : parseInstant(start);
  return date ?? (instant === undefined ? '' : dateIn(instant, zone));
}

const NAMES = ['key', 'project', 'model', 'workload', 'date', 'export'] as const;

function namedRow({ workspace, asOf }: UsageCall, text: string): RowFacts {
  const given = namedParts(text);
  const { plan } = workspace;
  const of = exportOf(plan, given.get('export'));
  const date = given.get('date');
  return {
    date: date === undefined ? dateIn(asOf, plan.timezone) : dateOption('date', date),
    key: given.get('key') ?? null,
    project: given.get('project') ?? null,
    model: given.get('model') ?? null,
    workload: given.get('workload') ?? null,
    provider: of.provider ?? onlyProvider(plan),
    environment: of.environment,
  };
}

function namedParts(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(',').map((pair) => {
      const [name = '', value = ''] = pair.split('=', 2);
      if (!NAMES.some((one) => one === name.trim()))
        throw unknownWord('a part of the row', name.trim(), NAMES);
      return [name.trim(), value] as const;
    }),
  );
}

/** The export that a row is said to be of, else the plan's first. */
function exportOf({ exports }: Plan, id: string | undefined): PlanExport {
  const found = exports.find((one) => id === undefined || one.id === id);
  if (found !== undefined) return found;
  if (id !== undefined)
    throw unknownName(
      'export',
      id,
      exports.map((one) => one.id),
    );
  throw new AppError('usage', { message: 'The plan has no export that a row could be of' });
}

const onlyProvider = ({ providers }: Plan): string | null =>
  providers.length === 1 ? (providers[0]?.id ?? null) : null;

function rowLine(row: RowFacts): string {
  const said = (['key', 'project', 'model', 'workload', 'environment'] as const).flatMap((name) =>
    row[name] === null ? [] : [`${name} ${row[name]}`],
  );
  return terminalText(`${row.date}  ${said.join('  ')}`);
}

function whyLines({
  trail,
  decidedBy,
  shadowed,
  workload,
  owner,
}: RowExplanation): readonly string[] {
  return [
    `  workload  ${terminalText(workload)}`,
    `  owner     ${owner}`,
    `  decided   ${decidedBy ?? 'no entry matches: what the export says counts, where the plan knows it'}`,
    ...trail.map(({ entry, matches, because }) => {
      const late = shadowed.includes(entry) ? 'matches too; an earlier one won' : 'matches';
      return `  ${entry}: ${matches ? late : terminalText(because)}`;
    }),
  ];
}
