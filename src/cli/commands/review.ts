import type { Command } from 'commander';
import { AppError, type ExitStatus, suggest } from '../../core/index.ts';
import { isAlias } from '../../evidence/index.ts';
import { renderReview } from '../../report/index.ts';
import {
  loadReport,
  type ReviewRequest,
  runReview,
  type Workspace,
  writeReport,
} from '../../review/index.ts';
import { asOfInstant, withWorkspace } from '../call.ts';
import type { Act, CommandDefinition } from '../command.ts';
import { widthOf } from '../formats.ts';
import { showHandoff } from '../show/handoff.ts';
import type { Call, CommandResult } from '../world.ts';

type Trigger = ReviewRequest['trigger'];

const TRIGGERS: readonly Trigger[] = [
  'cadence',
  'launch',
  'prompt-change',
  'model-change',
  'workload-expansion',
  'contract-change',
  'critical-alert',
  'document-drift',
  'restatement',
];

export const review: CommandDefinition = {
  build: (command, act) => {
    command
      .description(
        'Run everything that is due: documents, usage, metrics, budgets, smoke tests. One page, one record.',
      )
      .option('--trigger <event>', `an extra review: ${TRIGGERS.slice(1).join(', ')}`)
      .option('--ref <ref>', 'what the trigger is about, such as a commit')
      .addHelpText(
        'after',
        '\nExamples:\n  spendproof review\n  spendproof review --trigger prompt-change --ref 4be1c2d\n  spendproof review show --format md',
      )
      .action(async (options: { readonly trigger?: string; readonly ref?: string }) => {
        await act(async (call) => await runNow(call, options));
      });
    buildShow(command, act);
  },
};

function buildShow(command: Command, act: Act): void {
  command
    .command('show')
    .description('print the report of a review from its record')
    .argument('[id]', 'such as 2026-W47; default: the newest')
    .action(async (id: string | undefined) => {
      await act(
        async (call) =>
          await withWorkspace(call, async (workspace) => await report(call, workspace, id)),
      );
    });
  command
    .command('handoff')
    .description('what the next operator needs')
    .argument('[id]', 'such as 2026-W47; default: the newest')
    .action(async (id: string | undefined) => {
      await act(
        async (call) =>
          await withWorkspace(call, async (workspace) => await handoff(workspace, id)),
      );
    });
}

async function runNow(
  call: Call,
  options: { readonly trigger?: string; readonly ref?: string },
): Promise<CommandResult> {
  const trigger = triggerOf(options.trigger);
  const ref = refOf(options.ref);
  return await withWorkspace(call, async (workspace) => {
    const asOf = asOfInstant(call, workspace.plan.timezone);
    const ended = await runReview(workspace, { trigger, ref, asOf });
    const file = await writeReport(workspace, ended.body.review);
    const result = await report(call, workspace, ended.body.review);
    return { ...result, notes: [`Report ${file}`, 'Check it: spendproof ledger verify'] };
  });
}

async function report(
  call: Call,
  workspace: Workspace,
  id: string | undefined,
): Promise<CommandResult> {
  const { bundle, plan } = await loadReport(workspace, id);
  const render = (format: Parameters<typeof renderReview>[0]): string =>
    renderReview(format, bundle, plan, widthOf(call)).text;
  return {
    exit: bundle.review.body.exit as ExitStatus,
    data: JSON.parse(render('json')) as CommandResult['data'],
    text: render('terminal'),
    formats: { md: render('markdown'), junit: render('junit') },
  };
}

async function handoff(workspace: Workspace, id: string | undefined): Promise<CommandResult> {
  const { bundle } = await loadReport(workspace, id);
  const { handoff: stored, review: ended } = bundle;
  if (stored === undefined) {
    throw new AppError('record-unknown', {
      message: `Expected a handoff of review ${ended.body.review}, there is none`,
      hint: 'The run ended before it was written; run `spendproof review` again.',
    });
  }
  return showHandoff(stored, ended);
}

function triggerOf(wanted: string | undefined): Trigger {
  if (wanted === undefined) return 'cadence';
  const found = TRIGGERS.find((trigger) => trigger === wanted);
  if (found !== undefined) return found;
  const near = suggest(wanted, TRIGGERS);
  throw new AppError('usage', {
    message: `Expected --trigger to be one of ${TRIGGERS.slice(1).join(', ')}, got ${JSON.stringify(wanted)}`,
    ...(near === undefined ? {} : { hint: `Did you mean ${near}?` }),
  });
}

/** Refuses what no record could hold before anything runs. */
function refOf(ref: string | undefined): string | null {
  if (ref === undefined) return null;
  if (isAlias(ref)) return ref;
  throw new AppError('usage', {
    message: `Expected --ref to be letters, digits and ._:/@+-, 96 at most, got ${JSON.stringify(ref)}`,
  });
}
