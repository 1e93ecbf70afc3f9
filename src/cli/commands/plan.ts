import { AppError, type Json } from '../../core/index.ts';
import { expandedYaml, planCoverage, renderDiagnostics } from '../../plan/index.ts';
import { notCoveredLines, periodWords } from '../../report/index.ts';
import { coveredPeriod, openPlan, refuseAssumptionChanges } from '../../review/index.ts';
import { ADAPTER_FACTS } from '../../usage/index.ts';
import { withWorkspace } from '../call.ts';
import type { CommandDefinition } from '../command.ts';
import type { Call, CommandResult } from '../world.ts';

export const plan: CommandDefinition = {
  examples: [
    'spendproof plan',
    'spendproof plan --expanded > full.yaml',
    'spendproof guard accept-plan --by finops',
  ],
  exits:
    '0 the plan can be used · 2 it has a mistake · 5 an assumption changed on documents that nobody verified · 6 a held assumption was changed',
  build: (command, act) => {
    command
      .description(
        'Check the plan, also against the last review; show what a review would do, what is not covered and why. No network.',
      )
      .option('--expanded', 'print the plan with every default written out')
      .action(async (options: { readonly expanded?: true }) => {
        await act(async (call) => await showPlan(call, options.expanded === true));
      });
  },
};

async function showPlan(call: Call, isExpanded: boolean): Promise<CommandResult> {
  const loaded = await openPlan(
    { cwd: call.cwd, config: call.global.config, operator: call.global.operator },
    call.ports,
  );
  const hasLedger = await checkAssumptions(call);
  const { warnings, text, fileDigest, planDigest } = loaded;
  const gaps = planCoverage(loaded.plan, ADAPTER_FACTS);
  const yaml = expandedYaml(loaded.plan);
  const data: Json = {
    file: loaded.path,
    fileDigest,
    planDigest,
    plan: JSON.parse(JSON.stringify(loaded.plan)) as Json,
    warnings: warnings.map(({ rule, line, column, message }) => ({ rule, line, column, message })),
    notCovered: gaps.map(({ subject, why }) => ({ subject, why })),
  };
  const shown = warnings.length === 0 ? [] : renderDiagnostics(warnings, text).split('\n');
  return {
    exit: 0,
    data,
    text: isExpanded ? yaml : summary(call, loaded, gaps),
    formats: { yaml },
    notes: [...shown, ...(isExpanded ? [] : [`Next: spendproof ${hasLedger ? 'review' : 'init'}`])],
  };
}

/** Refuses a change that what is held, or not verified, does not allow; false before `init`, with nothing to compare with. */
async function checkAssumptions(call: Call): Promise<boolean> {
  try {
    await withWorkspace(call, refuseAssumptionChanges);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'ledger-missing') return false;
    throw error;
  }
}

type Loaded = Awaited<ReturnType<typeof openPlan>>;

function summary(
  call: Call,
  { plan: found, planDigest }: Loaded,
  gaps: ReturnType<typeof planCoverage>,
): string {
  const { cadence } = found.review;
  const period = coveredPeriod(found, call.ports.clock.now());
  const list = (names: readonly { readonly id: string }[]): string =>
    names.length === 0 ? 'none' : names.map(({ id }) => id).join(', ');
  return [
    `ok   plan of ${found.team}, ${planDigest.slice(0, 19)}…`,
    `review     every ${cadence.every}, ${cadence.day} ${cadence.at} ${found.timezone}; now it would cover ${periodWords(period)}`,
    `documents  ${list(found.documents)}`,
    `exports    ${list(found.exports)}`,
    `metrics    ${list(found.metrics)}`,
    `budgets    ${list(found.budgets)}`,
    `smoke      ${list(found.smoke.filter(({ enabled }) => enabled))}`,
    `owners     ${found.owners.map(({ id, notify }) => `${id} (${notify.join(', ') || 'no route'})`).join(', ')}`,
    ...notCoveredLines(gaps).map((line) => `not covered  ${line}`),
  ].join('\n');
}
