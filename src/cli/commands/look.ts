import { resolve } from 'node:path';
import { ADAPTER_FACTS, look as lookAt } from '../../usage/index.ts';
import type { CommandDefinition } from '../command.ts';
import { inTableFormats } from '../formats.ts';
import { lookJson, lookTable, showLook } from '../show/look.ts';
import { unknownWord } from '../unknown-word.ts';
import type { Call, CommandResult } from '../world.ts';
import { zoneOption } from '../zone-option.ts';

interface Options {
  readonly adapter?: string;
  readonly zone?: string;
}

export const look: CommandDefinition = {
  examples: ['spendproof look usage.json', 'spendproof look activity.csv --json'],
  exits: '0 shown · 2 no such file, or no adapter knows it · 5 it could not be read',
  build: (command, act) => {
    command
      .description(
        'Recognise usage exports and show what they hold and what they cannot tell. No plan, no key; nothing is recorded.',
      )
      .argument('<files...>', 'usage exports: JSON, CSV, JSON Lines or Parquet')
      .option(
        '--adapter <id>',
        'read as this kind of export; default: whichever recognises the header',
      )
      .option(
        '--tz <zone>',
        'the IANA zone of times without an offset; default: what the export documents',
      )
      .action(
        async (files: string[], options: { readonly adapter?: string; readonly tz?: string }) => {
          await act(
            async (call) =>
              await run(call, files, {
                ...(options.adapter === undefined ? {} : { adapter: options.adapter }),
                ...(options.tz === undefined ? {} : { zone: options.tz }),
              }),
          );
        },
      );
  },
};

async function run(call: Call, files: readonly string[], options: Options): Promise<CommandResult> {
  zoneOption(options.zone);
  const adapters = ADAPTER_FACTS.map(({ id }) => id).filter((id) => id !== 'table');
  if (options.adapter !== undefined && !adapters.includes(options.adapter)) {
    throw unknownWord('--adapter', options.adapter, adapters);
  }
  const found = await lookAt(
    files.map((file) => resolve(call.cwd, file)),
    options,
    call.ports,
  );
  // People named the files their way; that is how they are shown.
  const results = found.map((result, index) => ({ ...result, file: files[index] ?? result.file }));
  return {
    exit: 0,
    data: lookJson(results),
    ...inTableFormats(call, lookTable(results)),
    text: showLook(call, results),
    notes: results.every(({ rows, buckets }) => rows === 0 && buckets === null)
      ? ['There are no rows: export a period with use before you write a plan.']
      : [`Next: spendproof init --from ${files.join(' ')}`],
  };
}
