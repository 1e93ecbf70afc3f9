import { type ExitStatus, type Json, worstExit } from '../../core/index.ts';
import { renderMetrics } from '../../report/index.ts';
import { coveredPeriod, metricValues, unknownName } from '../../review/index.ts';
import { asOfInstant, withWorkspace } from '../call.ts';
import type { CommandDefinition } from '../command.ts';
import { inTableFormats } from '../formats.ts';

const STATUS = { pass: 0, fail: 3, inconclusive: 5 } as const satisfies Record<string, ExitStatus>;

export const metrics: CommandDefinition = {
  build: (command, act) => {
    command
      .description(
        'Unit metrics of the period that a review would cover, on what is imported; records nothing.',
      )
      .argument('[ids...]', 'metrics; default: all')
      .addHelpText(
        'after',
        '\nExamples:\n  spendproof metrics\n  spendproof metrics cost-per-1k-requests --as-of 2026-11-16',
      )
      .action(async (ids: string[]) => {
        await act(
          async (call) =>
            await withWorkspace(call, async (workspace) => {
              const { plan, ports } = workspace;
              const known = plan.metrics.map(({ id }) => id);
              const unknown = ids.find((id) => !known.includes(id));
              if (unknown !== undefined) throw unknownName('metric', unknown, known);
              const asOf = asOfInstant(call, plan.timezone) ?? ports.clock.now();
              const period = coveredPeriod(plan, asOf);
              const wanted = ids.length === 0 ? known : ids;
              const results = await metricValues(workspace, { ids: wanted, period, asOf });
              return {
                ...inTableFormats((format) => renderMetrics(format, results)),
                exit: worstExit(results.map(({ outcome }) => STATUS[outcome])),
                data: JSON.parse(renderMetrics('json', results)) as Json,
                notes: [
                  `${period.start} to ${period.end} (${period.zone}), against the period before it`,
                ],
              };
            }),
        );
      });
  },
};
