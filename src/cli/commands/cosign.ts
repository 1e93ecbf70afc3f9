import { cosignLedger } from '../../evidence/index.ts';
import { homeFolder } from '../../review/index.ts';
import { terminalText } from '../../core/index.ts';
import type { CommandDefinition } from '../command.ts';
import { ledgerFolder } from '../ledger-folder.ts';
import type { Call, CommandResult } from '../world.ts';

interface CosignOptions {
  readonly by: string;
  readonly approve?: boolean;
  readonly ledger?: string;
}

export const cosign: CommandDefinition = {
  examples: ['spendproof key enrol --reviewer finance', 'spendproof cosign --by finance'],
  exits:
    '0 signed · 4 no key of that reviewer · 7 the ledger is not the one seen before, or does not verify',
  build: (command, act) => {
    command
      .description(
        "Second reviewer: verify the ledger and put a reviewer's name to its checkpoint.",
      )
      .requiredOption('--by <role>', 'the role whose key this machine holds')
      .option('--approve', 'approve the changes of keys and quorum that wait for reviewers')
      .option('--ledger <folder>', 'a ledger that stands elsewhere; then no plan is needed')
      .action(async (options: CosignOptions) => {
        await act(async (call) => await run(call, options));
      });
  },
};

async function run(call: Call, options: CosignOptions): Promise<CommandResult> {
  const folder = await ledgerFolder(call, options.ledger);
  const home = homeFolder(call.ports.env);
  const done = await cosignLedger(
    { folder, home, role: options.by, approve: options.approve === true },
    call.ports,
  );
  const { origin, size, line, before, beyond, approved } = done;
  const since = before === 0 ? 'the first time on this machine' : `it grew from ${before}`;
  return {
    exit: 0,
    data: { origin, size, line: line.trimEnd(), before, beyond, approved: [...approved] },
    text: `ok   cosigned ${size} records of ${terminalText(origin)} as ${options.by}; ${since}\n${line}`,
    notes: [
      ...(approved.length === 0 ? [] : [`Approved the changes in records ${approved.join(', ')}.`]),
      ...(beyond === 0 ? [] : [`${beyond} newer records are under no checkpoint yet.`]),
      'The signature stands in the checkpoint; give the ledger folder back to its operator.',
    ],
  };
}
