import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CommandDefinition } from '../command.ts';
import { runDemo } from '../demo/run-demo.ts';
import type { Call, CommandResult } from '../world.ts';

export const demo: CommandDefinition = {
  examples: ['spendproof demo', 'spendproof demo --dir demo'],
  exits: '0 the review passed and the ledger verifies',
  build: (command, act) => {
    command
      .description(
        'Run the whole review against an example provider on this machine: documents, usage, budgets, smoke test, evidence.',
      )
      .option(
        '--dir <folder>',
        'keep the project in this new folder; default: a temporary one that is removed',
      )
      .action(async (options: { readonly dir?: string }) => {
        await act(async (call) => await run(call, options.dir));
      });
  },
};

async function run(call: Call, dir: string | undefined): Promise<CommandResult> {
  if (dir !== undefined) return await runDemo(call, resolve(call.cwd, dir), true);
  const folder = await mkdtemp(join(tmpdir(), 'spendproof-demo-'));
  try {
    return await runDemo(call, folder, false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
