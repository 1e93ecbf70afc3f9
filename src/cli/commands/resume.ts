import { RESUME_CODES } from '../../evidence/index.ts';
import { resumeAssumption } from '../../review/index.ts';
import { withWorkspace } from '../call.ts';
import type { CommandDefinition } from '../command.ts';

export const resume: CommandDefinition = {
  examples: ['spendproof resume gateway-unit-conversion --because provider-confirmed --case 4711'],
  exits: '0 the hold has ended · 2 the assumption is not held',
  build: (command, act) => {
    command
      .description('End the hold of an assumption, as a signed record by an owner.')
      .argument('<assumption>', 'the assumption that is held')
      .requiredOption('--because <code>', `one of ${RESUME_CODES.join(', ')}`)
      .option('--case <ref>', 'the case at the provider or in your tracker')
      .action(
        async (
          assumption: string,
          options: { readonly because: string; readonly case?: string },
        ) => {
          await act(
            async (call) =>
              await withWorkspace(call, async (workspace) => {
                const caseRef = options.case ?? null;
                const { ref, body } = await resumeAssumption(workspace, assumption, {
                  because: options.because,
                  caseRef,
                });
                return {
                  exit: 0,
                  data: { record: ref, ...body },
                  text: `${assumption} is held no more (${body.because}, by ${body.by})`,
                  notes: [`Record ${ref}`, 'Next: spendproof review'],
                };
              }),
          );
        },
      );
  },
};
