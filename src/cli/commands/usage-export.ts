import { resolve } from 'node:path';
import type { Command } from 'commander';
import { terminalText } from '../../core/index.ts';
import { count, countOf } from '../../report/index.ts';
import { manifestsOf, unknownName, type Workspace } from '../../review/index.ts';
import { type UsageStore, WRITE_FORMATS, WRITE_READERS } from '../../usage/index.ts';
import { namedPeriod } from '../period-option.ts';
import type { Call, CommandResult } from '../world.ts';
import { unknownWord } from '../unknown-word.ts';

interface Options {
  readonly as: string;
  readonly for: string;
  readonly export?: string;
  readonly from?: string;
  readonly until?: string;
}
type Reader = (typeof WRITE_READERS)[number];
type Use = (workspace: Workspace, store: UsageStore, call: Call) => Promise<CommandResult>;

/** Declares `usage export`: stored rows in a new file, for finance or another tool. */
export function buildExport(command: Command, inStore: (use: Use) => Promise<void>): void {
  command
    .command('export')
    .description('write imported rows to a new file: FOCUS 1.3, CSV or Parquet')
    .argument('<file>', 'the file to write; an existing one is not overwritten')
    .option('--as <format>', `one of ${WRITE_FORMATS.join(', ')}`, 'focus')
    .option(
      '--for <reader>',
      'spreadsheet: in CSV no text that it would run as a formula; tool: every text as it came',
      'spreadsheet',
    )
    .option('--export <id>', 'one export of the plan; default: all')
    .option('--from <date>', 'first date; default: everything')
    .option('--until <date>', 'first date after')
    .action(async (file: string, options: Options) => {
      await inStore(
        async (workspace, store, call) => await run(workspace, store, call, { file, options }),
      );
    });
}

async function run(
  workspace: Workspace,
  store: UsageStore,
  call: Call,
  { file, options }: { readonly file: string; readonly options: Options },
): Promise<CommandResult> {
  const { plan } = workspace;
  const format = WRITE_FORMATS.find((one) => one === options.as);
  if (format === undefined) throw unknownWord('--as', options.as, WRITE_FORMATS);
  const reader = WRITE_READERS.find((one) => one === options.for);
  if (reader === undefined) throw unknownWord('--for', options.for, WRITE_READERS);
  const ids = plan.exports.map(({ id }) => id);
  if (options.export !== undefined && !ids.includes(options.export))
    throw unknownName('export', options.export, ids);
  const period = namedPeriod(options, plan.timezone);
  const { rows, unknownCost, formulas } = await store.write({
    manifests: await manifestsOf(workspace),
    plan,
    format,
    reader,
    path: resolve(call.cwd, file),
    ...(options.export !== undefined && { export: options.export }),
    ...(period && { period }),
  });
  return {
    exit: 0,
    data: { file, format, reader, rows, unknownCost, formulas },
    text: `${countOf(rows, 'row')} written as ${format}${unknownCost === 0 ? '' : `; ${count(unknownCost)} without a known charge: their cost is empty, not zero`}`,
    ...(formulas > 0 && { warnings: [formulaWarning(file, formulas, reader)] }),
  };
}

function formulaWarning(file: string, formulas: number, reader: Reader): string {
  const rows = `${countOf(formulas, 'row')} of ${terminalText(file)} ${formulas === 1 ? 'holds' : 'hold'} a text that a spreadsheet would run as a formula`;
  return reader === 'tool'
    ? `${rows}: open the file in none`
    : `${rows}: it begins with an apostrophe; --for tool writes every text as it came`;
}
