import { type ExitStatus, type Json, worstExit } from '../../core/index.ts';
import { renderBudgets } from '../../report/index.ts';
import { budgetStatus, unknownName, type Workspace } from '../../review/index.ts';
import { asOfInstant, withWorkspace } from '../call.ts';
import type { Act, CommandDefinition } from '../command.ts';
import { inTableFormats } from '../formats.ts';
import { showBudget } from '../show/budget.ts';
import type { Call, CommandResult } from '../world.ts';

export const budget: CommandDefinition = {
  build: (command, act) => {
    command
      .description(
        'Budgets: what the imported usage says now. Sends nothing and records nothing; a budget alerts, it does not cap.',
      )
      .addHelpText(
        'after',
        '\nExamples:\n  spendproof budget\n  spendproof budget explain monthly',
      );
    command
      .command('status', { isDefault: true })
      .description('every budget in its current period')
      .action(async () => await inWorkspace(act, status));
    command
      .command('explain')
      .description('one budget: what counts, which rules, from which exports')
      .argument('<id>', 'a budget')
      .action(async (id: string) => {
        await inWorkspace(act, async (workspace, call) => {
          const known = workspace.plan.budgets.map((one) => one.id);
          if (!known.includes(id)) throw unknownName('budget', id, known);
          const results = await budgetStatus(workspace, asOfInstant(call, workspace.plan.timezone));
          return {
            ...showBudget(id, workspace.plan, results),
            exit: exitOf(results.filter((one) => one.budget === id)),
          };
        });
      });
  },
};

async function status(workspace: Workspace, call: Call): Promise<CommandResult> {
  const results = await budgetStatus(workspace, asOfInstant(call, workspace.plan.timezone));
  return {
    ...inTableFormats((format) => renderBudgets(format, results, workspace.plan)),
    exit: exitOf(results),
    data: JSON.parse(renderBudgets('json', results, workspace.plan)) as Json,
    notes: ['As of what is imported; spendproof usage import reads what is new.'],
  };
}

const STATUS = { ok: 0, breached: 3, inconclusive: 5 } as const satisfies Record<
  string,
  ExitStatus
>;

const exitOf = (results: readonly { readonly verdict: keyof typeof STATUS }[]): ExitStatus =>
  worstExit(results.map(({ verdict }) => STATUS[verdict]));

async function inWorkspace(
  act: Act,
  use: (workspace: Workspace, call: Call) => Promise<CommandResult>,
): Promise<void> {
  await act(
    async (call) => await withWorkspace(call, async (workspace) => await use(workspace, call)),
  );
}
