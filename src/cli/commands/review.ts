import type { Command } from 'commander';
import {
  AppError,
  type ExitStatus,
  type Instant,
  parseInstant,
  parsePlainDate,
  startOfDate,
} from '../../core/index.ts';
import { isAlias, TRIGGERS } from '../../evidence/index.ts';
import { renderReview, renderWeekly } from '../../report/index.ts';
import {
  type CutOffReview,
  cutOffReviews,
  loadReport,
  reviewClearance,
  type ReviewRequest,
  runDue,
  runReview,
  weeklyPage,
  type Workspace,
  writeReport,
} from '../../review/index.ts';
import { asOfInstant, withWorkspace } from '../call.ts';
import type { Act, CommandDefinition } from '../command.ts';
import { widthOf } from '../formats.ts';
import { showClearance } from '../show/clearance.ts';
import { showNothingDue, withDue } from '../show/due.ts';
import { showHandoff } from '../show/handoff.ts';
import { unknownWord } from '../unknown-word.ts';
import type { Call, CommandResult } from '../world.ts';

type Trigger = ReviewRequest['trigger'];

export const review: CommandDefinition = {
  examples: [
    'spendproof review',
    'spendproof review --trigger prompt-change --ref 4be1c2d',
    'spendproof review --due',
    'spendproof review show --format md',
    'spendproof review handoff --format md',
    'spendproof review gate launch --ref v2 --at 2026-12-01',
  ],
  exits:
    '0 pass · 3 a finding, a missed review or a closed gate · 5 evidence gap · 6 paused · 7 integrity',
  build: (command, act) => {
    command
      .description(
        'Run everything that is due: documents, usage, metrics, budgets, smoke tests. One page, one record.',
      )
      .option('--trigger <event>', `an extra review: ${TRIGGERS.slice(1).join(', ')}`)
      .option('--ref <ref>', 'what the trigger is about, such as a commit')
      .option(
        '--due',
        'for schedulers: send what waits, and run only what is due, once, whoever calls',
      )
      .action(async (options: RunOptions) => {
        await act(async (call) =>
          options.due === true ? await runWhatIsDue(call, options) : await runNow(call, options),
        );
      });
    buildShow(command, act);
    buildGate(command, act);
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
          await withWorkspace(call, async (workspace) => {
            const open = id === undefined ? await cutOffReviews(workspace) : [];
            return { ...(await report(call, workspace, id)), notes: open.map(openNote) };
          }),
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

function buildGate(command: Command, act: Act): void {
  command
    .command('gate')
    .description(
      'may it go ahead: 0 when a review of the event passed in time, else 3 where the plan says that it blocks',
    )
    .argument('<event>', TRIGGERS.slice(1).join(', '))
    .option('--ref <ref>', 'what it is about, as given to the review')
    .option('--at <time>', 'when it is to happen; default: now')
    .action(async (event: string, _: object, self: Command) => {
      // `--ref` is an option of `review` too, which reads it first.
      const options = self.optsWithGlobals<{ readonly ref?: string; readonly at?: string }>();
      await act(async (call) => {
        const trigger = triggerOf(event, 'the event');
        if (trigger === 'cadence')
          throw new AppError('usage', { message: 'The cadence blocks nothing' });
        const ref = refOf(options.ref);
        return await withWorkspace(call, async (workspace) => {
          const at = timeOf(options.at, workspace);
          const cleared = await reviewClearance(workspace, { event: trigger, ref, at });
          return showClearance(trigger, ref, cleared, workspace.plan.review.triggers);
        });
      });
    });
}

interface RunOptions {
  readonly trigger?: string;
  readonly ref?: string;
  readonly due?: true;
}

/** What is due follows from the ledger: nothing else may be asked for at the same time. */
async function runWhatIsDue(call: Call, options: RunOptions): Promise<CommandResult> {
  if (
    options.trigger !== undefined ||
    options.ref !== undefined ||
    call.global.asOf !== undefined
  ) {
    throw new AppError('usage', {
      message: 'Expected --due alone, got it with --trigger, --ref or --as-of',
      hint: 'Leave --due out to run a review now.',
    });
  }
  return await withWorkspace(call, async (workspace) => {
    const cut = await cutOffReviews(workspace);
    const run = await runDue(workspace);
    if (run.ended === undefined) return { ...showNothingDue(run), notes: cut.map(openNote) };
    const file = await writeReport(workspace, run.ended.body.review);
    const result = await report(call, workspace, run.ended.body.review);
    const notes = [...resumedNotes(cut, run.ended.body.review), `Report ${file}`];
    return withDue({ ...result, notes }, run);
  });
}

async function runNow(call: Call, options: RunOptions): Promise<CommandResult> {
  const trigger = triggerOf(options.trigger);
  const ref = refOf(options.ref);
  return await withWorkspace(call, async (workspace) => {
    const asOf = asOfInstant(call, workspace.plan.timezone);
    const cut = await cutOffReviews(workspace);
    const ended = await runReview(workspace, { trigger, ref, asOf });
    const file = await writeReport(workspace, ended.body.review);
    const result = await report(call, workspace, ended.body.review);
    const resumed = resumedNotes(cut, ended.body.review);
    return {
      ...result,
      notes: [...resumed, `Report ${file}`, 'Check it: spendproof ledger verify'],
    };
  });
}

const openNote = ({ review, since }: CutOffReview): string =>
  `Review ${review} began at ${since} and has not ended; if nothing runs it any more, spendproof review goes on with it`;

const resumedNotes = (cut: readonly CutOffReview[], ended: string): readonly string[] =>
  cut.flatMap(({ review, since }) =>
    review === ended ? [`It went on with the review that began at ${since} and was cut off`] : [],
  );

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
    formats: {
      md: render('markdown'),
      junit: render('junit'),
      tap: render('tap'),
      // The page asks the store for sums by day, so it is made only where it is wanted.
      ...(call.global.format === 'html' && {
        html: renderWeekly('html', await weeklyPage(workspace, bundle.review.body.review)).text,
      }),
    },
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

function triggerOf(wanted: string | undefined, option = '--trigger'): Trigger {
  if (wanted === undefined) return 'cadence';
  const found = TRIGGERS.find((trigger) => trigger === wanted);
  if (found !== undefined) return found;
  throw unknownWord(option, wanted, TRIGGERS.slice(1));
}

/** Reads when an event takes place: a date is its first instant in the plan's zone. */
function timeOf(text: string | undefined, { plan, ports }: Workspace): Instant {
  if (text === undefined) return ports.clock.now();
  const date = parsePlainDate(text);
  const instant = date === undefined ? parseInstant(text) : startOfDate(date, plan.timezone);
  if (instant !== undefined) return instant;
  throw new AppError('usage', {
    message: `Expected --at to be a date or an instant, got ${JSON.stringify(text)}`,
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
