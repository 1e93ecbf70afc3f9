import type { Json } from '../../core/index.ts';
import { renderWeekly } from '../../report/index.ts';
import { weeklyPage } from '../../review/index.ts';
import { withWorkspace } from '../call.ts';
import type { CommandDefinition } from '../command.ts';
import type { Call, CommandResult } from '../world.ts';

export const report: CommandDefinition = {
  examples: ['spendproof report weekly', 'spendproof report weekly --format html --out week.html'],
  exits: '0 written',
  build: (command, act) => {
    command.description('Pages for people, made from what is recorded; they change nothing.');
    command
      .command('weekly', { isDefault: true })
      .description(
        'one page: agenda, spend beside the same weekdays, budgets, forecasts, alerts, smoke tests, documents',
      )
      .argument('[id]', 'a review, such as 2026-W47; default: the newest')
      .action(async (id: string | undefined) => {
        await act(async (call) => await weekly(call, id));
      });
  },
};

async function weekly(call: Call, id: string | undefined): Promise<CommandResult> {
  return await withWorkspace(call, async (workspace) => {
    const page = await weeklyPage(workspace, id);
    const markdown = renderWeekly('markdown', page).text;
    return {
      exit: 0,
      data: JSON.parse(renderWeekly('json', page).text) as Json,
      text: markdown,
      formats: { md: markdown, html: renderWeekly('html', page).text },
    };
  });
}
