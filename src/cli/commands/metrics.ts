import { AppError, type ExitStatus, worstExit } from '../../core/index.ts';
import { DIMENSIONS, type DimensionId } from '../../plan/index.ts';
import { metricTable, periodWords } from '../../report/index.ts';
import { coveredPeriod, metricValues, unknownName } from '../../review/index.ts';
import { asOfInstant, withWorkspace } from '../call.ts';
import type { CommandDefinition } from '../command.ts';
import { inTableFormats, tableJson } from '../formats.ts';
import { changeText, explainedJson } from '../show/change.ts';
import type { Call, CommandResult } from '../world.ts';
import { unknownWord } from '../unknown-word.ts';

const STATUS = { pass: 0, fail: 3, inconclusive: 5 } as const satisfies Record<string, ExitStatus>;

interface Options {
  readonly compare?: string;
  readonly by: string;
}

export const metrics: CommandDefinition = {
  examples: [
    'spendproof metrics',
    'spendproof metrics cost-per-1k-requests --as-of 2026-11-16',
    'spendproof metrics --compare prev --by model',
  ],
  exits: '0 every metric is known · 5 one cannot be told',
  build: (command, act) => {
    command
      .description(
        'Unit metrics of the period that a review would cover, on what is imported; records nothing.',
      )
      .argument('[ids...]', 'metrics; default: all')
      .option('--compare <period>', 'prev: split the change since the period before into effects')
      .option('--by <dimension>', 'what the change is split by', 'model')
      .action(async (ids: string[], options: Options) => {
        await act(async (call) => await show(call, ids, options));
      });
  },
};

async function show(call: Call, ids: readonly string[], options: Options): Promise<CommandResult> {
  const by = splitBy(options);
  return await withWorkspace(call, async (workspace) => {
    const { plan, ports } = workspace;
    const known = plan.metrics.map(({ id }) => id);
    const unknown = ids.find((id) => !known.includes(id));
    if (unknown !== undefined) throw unknownName('metric', unknown, known);
    const asOf = asOfInstant(call, plan.timezone) ?? ports.clock.now();
    const period = coveredPeriod(plan, asOf);
    const wanted = ids.length === 0 ? known : ids;
    const results = await metricValues(workspace, { ids: wanted, period, asOf, by });
    const content = metricTable(results);
    const table = inTableFormats(call, content, 'The plan has no metric.');
    const rows = tableJson(content);
    const isSplit = options.compare !== undefined;
    const changes = results.map((result) => changeText(call, result, plan.currency));
    return {
      ...table,
      text: isSplit ? [table.text, ...changes].join('\n') : table.text,
      exit: worstExit(results.map(({ outcome }) => STATUS[outcome])),
      data: isSplit ? { metrics: rows, changes: explainedJson(results) } : rows,
      notes: [
        `${periodWords(period)} (${period.zone}), against the period before it`,
        ...results.flatMap(({ metric, seriesRead }) =>
          seriesRead === undefined || seriesRead.missing.length === 0
            ? []
            : [`${metric}: the series has no amount for ${seriesRead.missing.join(', ')}`],
        ),
        ...results.flatMap(({ metric, outliers }) =>
          outliers === undefined
            ? []
            : [`${metric}: a unit cost many times its own median on ${outliers.join(', ')}`],
        ),
      ],
    };
  });
}

function splitBy({ compare, by }: Options): DimensionId {
  if (compare !== undefined && compare !== 'prev') {
    throw new AppError('usage', {
      message: `Expected --compare prev, got ${JSON.stringify(compare)}`,
    });
  }
  const found = DIMENSIONS.find((dimension) => dimension === by && dimension !== 'day');
  if (found === undefined)
    throw unknownWord(
      '--by',
      by,
      DIMENSIONS.filter((one) => one !== 'day'),
    );
  return found;
}
