import type { Command } from 'commander';
import { AppError, type Json, terminalText } from '../../core/index.ts';
import {
  type DimensionId,
  DIMENSIONS,
  type MeasureId,
  MEASURES,
  type Scope,
} from '../../plan/index.ts';
import { countOf, periodWords } from '../../report/index.ts';
import { manifestsOf, openUsage, unknownName, type Workspace } from '../../review/index.ts';
import {
  CALENDAR_SPANS,
  type CalendarSpan,
  rowsBySpan,
  type UsageStore,
} from '../../usage/index.ts';
import { importNow, lookOnly, type OpenedUsage } from '../actions/usage-import.ts';
import { asOfInstant, withWorkspace } from '../call.ts';
import type { Act, CommandDefinition } from '../command.ts';
import { inTableFormats } from '../formats.ts';
import { dateOption, periodOption } from '../period-option.ts';
import { importTable } from '../show/imports.ts';
import { aggregateJson, aggregateTable } from '../show/usage.ts';
import type { Call, CommandResult } from '../world.ts';
import { buildCompact } from './usage-compact.ts';
import { buildExport } from './usage-export.ts';
import { buildMap } from './usage-map.ts';
import { unknownWord } from '../unknown-word.ts';

export const usage: CommandDefinition = {
  examples: [
    'spendproof usage import',
    'spendproof usage import app-log --file exports/app.csv --dry-run',
    'spendproof usage list',
    'spendproof usage aggregate --by month,model --measures requests,chargedCost --from 2026-01-01 --until 2027-01-01',
    'spendproof usage explain --ref req-123',
    'spendproof usage compact',
    'spendproof usage map table.csv',
    'spendproof usage export focus.csv --as focus --from 2026-11-01 --until 2026-12-01',
  ],
  exits:
    '0 answered · 2 not approved, or another header · 5 a file could not be read, or nothing is meant',
  build: (command, act) => {
    command.description(
      'Usage: import approved exports, list what was imported, sum it up, and say where a number comes from.',
    );
    buildImport(command, act);
    buildReading(command, act);
    buildExplain(command, act);
    buildCompact(command, act);
    buildMap(command, act);
    buildExport(command, async (use) => await inStore(act, use));
  },
};

function buildImport(command: Command, act: Act): void {
  command
    .command('import')
    .description('read the files of approved exports that are not imported yet')
    .argument('[exports...]', 'exports of the plan; default: all')
    .option('--file <file>', 'one file, for the one export that is named')
    .option('--dry-run', 'say what the files hold and import nothing')
    .action(async (ids: string[], options: { readonly file?: string; readonly dryRun?: true }) => {
      const what = { ids, file: options.file };
      await inStore(act, async (workspace, store, call) =>
        options.dryRun === true
          ? await lookOnly(call, workspace, what)
          : await importNow(call, { workspace, store }, what),
      );
    });
}

function buildReading(command: Command, act: Act): void {
  command
    .command('list')
    .description('what was imported, oldest first')
    .action(async () => await inStore(act, list));
  command
    .command('aggregate')
    .description('sums of imported usage, with how much of each is known')
    .option('--by <dimensions>', `comma-separated: ${GROUPS.join(', ')}`, 'day')
    .option(
      '--measures <measures>',
      `comma-separated: ${MEASURES.join(', ')}`,
      'requests,tokens,chargedCost',
    )
    .option('--from <date>', 'first date; default: the period that a review would cover')
    .option('--until <date>', 'first date after')
    .option('--filter <key=value...>', 'such as model=a or environment=production')
    .action(async (options: AggregateOptions) => {
      await inStore(
        act,
        async (workspace, store, call) => await aggregate(call, { workspace, store }, options),
      );
    });
}

function buildExplain(command: Command, act: Act): void {
  command
    .command('explain')
    .description('where rows come from: export, file, key and rule')
    .option('--ref <reference>', 'a request or trace reference')
    .option('--export <id>', 'an export of the plan')
    .option('--date <date>', 'a UTC date')
    .action(
      async (options: {
        readonly ref?: string;
        readonly export?: string;
        readonly date?: string;
      }) => {
        await inStore(act, async (workspace, store) => {
          const ids = workspace.plan.exports.map(({ id }) => id);
          if (options.export !== undefined && !ids.includes(options.export))
            throw unknownName('export', options.export, ids);
          if (options.date !== undefined) dateOption('--date', options.date);
          const found = await store.explain({
            manifests: await manifestsOf(workspace),
            ...options,
          });
          const lines = found.flatMap(
            ({ export: id, adapter, inputs, rows, restatement, key, zone, literals }) => [
              `${id}  ${countOf(rows, 'row')}  ${adapter}  from ${inputs.map(({ name, digest }) => `${terminalText(name)} (${digest.slice(0, 19)}…)`).join(', ')}  zone ${zone}, ${restatement}, key ${key.join('+') || 'none'}`,
              ...literals.map(
                ({ ref, basis, amount, literal }) =>
                  `  ${ref === null ? '' : `${terminalText(ref)}  `}${basis} ${amount ?? 'unknown'}, reported as ${terminalText(literal)}`,
              ),
            ],
          );
          return {
            exit: found.length === 0 ? 5 : 0,
            data: JSON.parse(JSON.stringify(found)) as Json,
            text: found.length === 0 ? 'No imported row matches.' : lines.join('\n'),
          };
        });
      },
    );
}

async function inStore(
  act: Act,
  use: (workspace: Workspace, store: UsageStore, call: Call) => Promise<CommandResult>,
): Promise<void> {
  await act(
    async (call) =>
      await withWorkspace(call, async (workspace) => {
        const store = await openUsage(workspace);
        try {
          return await use(workspace, store, call);
        } finally {
          await store.close();
          call.ports.log.progress('');
        }
      }),
  );
}

async function list(workspace: Workspace, store: UsageStore, call: Call): Promise<CommandResult> {
  const found = await store.list(await manifestsOf(workspace), workspace.plan);
  const data = JSON.parse(
    JSON.stringify(found, (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
  ) as Json;
  return {
    ...inTableFormats(call, importTable(found), 'Nothing is imported yet.'),
    exit: 0,
    data,
  };
}

/** Days may be added up into one span of the calendar. */
const GROUPS = [...DIMENSIONS, ...CALENDAR_SPANS] as const;

interface AggregateOptions {
  readonly by: string;
  readonly measures: string;
  readonly from?: string;
  readonly until?: string;
  readonly filter?: readonly string[];
}

async function aggregate(
  call: Call,
  { workspace, store }: OpenedUsage,
  options: AggregateOptions,
): Promise<CommandResult> {
  const asOf = asOfInstant(call, workspace.plan.timezone) ?? workspace.ports.clock.now();
  const measures = wordsOf('--measures', options.measures, MEASURES);
  const { by, span } = groupsOf(options.by, measures);
  const answer = await store.aggregate({
    manifests: await manifestsOf(workspace),
    plan: workspace.plan,
    period: periodOption(workspace, options, asOf),
    by,
    measures,
    filter: filterOf(options.filter ?? []),
    include: [],
    asOf,
  });
  const found = span === undefined ? answer : { ...answer, rows: rowsBySpan(answer.rows, span) };
  return {
    ...inTableFormats(
      call,
      aggregateTable(found),
      `No imported usage in ${periodWords(found.period)}; give another period by --from and --until.`,
    ),
    exit: 0,
    data: aggregateJson(found),
    notes: [
      `${periodWords(found.period)} (${found.period.zone}): ${found.coverage.present} of ${found.coverage.expected} days${found.flags.length === 0 ? '' : `; ${found.flags.join(', ')}`}`,
    ],
  };
}

/** A span stands where its days are asked for. */
function groupsOf(
  text: string,
  measures: readonly MeasureId[],
): { readonly by: readonly DimensionId[]; readonly span: CalendarSpan | undefined } {
  const words = wordsOf('--by', text, GROUPS);
  const spans = words.filter((word) => CALENDAR_SPANS.some((one) => one === word));
  const [span] = spans as CalendarSpan[];
  if (span === undefined) return { by: words as DimensionId[], span };
  if (spans.length > 1 || words.includes('day')) {
    throw new AppError('usage', {
      message: `Expected --by to name one of day, ${CALENDAR_SPANS.join(', ')}, got ${text}`,
    });
  }
  if (measures.includes('seats')) {
    throw new AppError('usage', {
      message: `Expected no seats by ${span}: distinct users of days do not add up`,
      hint: 'Ask for one span by --from and --until, and leave it out of --by.',
    });
  }
  return { by: words.map((word) => (word === span ? 'day' : word)) as DimensionId[], span };
}

function wordsOf<T extends string>(
  option: string,
  text: string,
  known: readonly T[],
): readonly T[] {
  return text.split(',').map((word) => {
    const found = known.find((one) => one === word.trim());
    if (found === undefined) throw unknownWord(option, word.trim(), known);
    return found;
  });
}

const FILTERS = [
  'provider',
  'environment',
  'workload',
  'owner',
  'key',
  'project',
  'model',
  'outcome',
] as const;

function filterOf(pairs: readonly string[]): Scope {
  const scope: Record<string, string[]> = {};
  for (const pair of pairs) {
    const [name = '', ...rest] = pair.split('=');
    if (rest.length === 0 || !FILTERS.some((one) => one === name))
      throw unknownWord('the key of --filter', name, FILTERS);
    // A value may hold the sign too.
    (scope[name] ??= []).push(rest.join('='));
  }
  // Every key was looked up in the list above; the store quotes every value.
  return scope;
}
