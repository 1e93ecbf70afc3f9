import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Json } from '../../core/index.ts';
import { mapFile } from '../../usage/index.ts';
import type { Act } from '../command.ts';
import { showMap } from '../show/map.ts';

/** Declares `usage map`: a proposal for reading a file that no adapter knows. Needs no plan and records nothing. */
export function buildMap(command: Command, act: Act): void {
  command
    .command('map')
    .description(
      'propose a `table` mapping for an unknown file; tries ways of counting tokens on its own totals',
    )
    .argument('<file>', 'a CSV, JSON Lines or Parquet table')
    .action(async (file: string) => {
      await act(async (call) => {
        const found = { ...(await mapFile(resolve(call.cwd, file), call.ports)), file };
        return {
          exit: found.mapping === null ? 5 : 0,
          data: JSON.parse(JSON.stringify(found)) as Json,
          text: showMap(found),
          notes:
            found.mapping === null
              ? []
              : [
                  'Next: put this entry under `exports` of the plan, with the role that approves it and the date',
                ],
        };
      });
    });
}
