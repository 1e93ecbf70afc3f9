import { AppError, type Json } from '../../core/index.ts';
import { planJsonSchema } from '../../plan/index.ts';
import type { CommandDefinition } from '../command.ts';

export const schema: CommandDefinition = {
  examples: ['spendproof schema plan > spendproof.schema.json'],
  exits: '0 written',
  build: (command, act) => {
    command
      .description('Print the JSON Schema of the plan, for editors.')
      .argument('<what>', 'plan')
      .action(async (what: string) => {
        await act(() => {
          if (what !== 'plan') {
            throw new AppError('usage', { message: `Expected plan, got ${JSON.stringify(what)}` });
          }
          const found = planJsonSchema() as Json;
          return Promise.resolve({ exit: 0, data: found, text: JSON.stringify(found, null, 2) });
        });
      });
  },
};
