import { AppError } from '../../core/index.ts';
import { makeLedger } from '../../review/index.ts';
import type { CommandDefinition } from '../command.ts';

export const key: CommandDefinition = {
  build: (command, act) => {
    command
      .description('Signing keys: make those that are missing on this machine.')
      .argument('[action]', 'enrol', 'enrol')
      .addHelpText('after', '\nExample:\n  spendproof key enrol')
      .action(async (action: string) => {
        await act(async (call) => {
          if (action !== 'enrol')
            throw new AppError('usage', {
              message: `Expected enrol, got ${JSON.stringify(action)}`,
            });
          const { folder, made } = await makeLedger(
            { cwd: call.cwd, config: call.global.config, operator: call.global.operator },
            call.ports,
          );
          return {
            exit: 0,
            data: { folder, made },
            text: made
              ? `Made the ledger and its keys in ${folder} (mode 0600)`
              : `The keys are in ${folder} already`,
          };
        });
      });
  },
};
