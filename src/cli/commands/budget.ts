import {
  AppError,
  durationMs,
  type ExitStatus,
  type Instant,
  instantFromMs,
  instantMs,
  worstExit,
} from '../../core/index.ts';
import { budgetTable } from '../../report/index.ts';
import {
  answerAlert,
  budgetStatus,
  openAlerts,
  simulateBudget,
  unknownName,
  type Workspace,
} from '../../review/index.ts';
import { asOfInstant, withWorkspace } from '../call.ts';
import type { Act, CommandDefinition } from '../command.ts';
import { inTableFormats, tableJson } from '../formats.ts';
import { alertNotes, familyNotes } from '../show/budget-notes.ts';
import { showForecast, showSimulation } from '../show/budget-forecast.ts';
import { NOTHING_YET, showBudget } from '../show/budget.ts';
import type { Call, CommandResult } from '../world.ts';

type Command = Parameters<CommandDefinition['build']>[0];

export const budget: CommandDefinition = {
  examples: [
    'spendproof budget',
    'spendproof budget status --format csv',
    'spendproof budget explain monthly',
    'spendproof budget forecast monthly',
    'spendproof budget simulate monthly --delta +30%',
    'spendproof budget ack 3f2a91c4',
    'spendproof budget ack 3f2a91c4 --snooze 2d',
  ],
  exits:
    '0 all hold · 3 one is breached · 5 one cannot be judged (status, explain); the others end with 0',
  build: (command, act) => {
    command.description(
      'Budgets: what the imported usage says now. Only `ack` records anything; a budget alerts, it does not cap.',
    );
    command
      .command('status', { isDefault: true })
      .description('every budget in its current period, and the alerts that wait for an owner')
      .action(async () => await inWorkspace(act, status));
    aboutOne(command, act, {
      name: 'explain',
      summary: 'one budget: what counts, which rules, from which exports',
      show: async (id, workspace, call) => {
        const results = await statusOf(id, workspace, call);
        return { ...showBudget(id, workspace.plan, results), exit: exitOf(results) };
      },
    });
    aboutOne(command, act, {
      name: 'forecast',
      summary: 'one budget: what its period will come to, and how good such forecasts were',
      show: async (id, workspace, call) => {
        const results = await statusOf(id, workspace, call);
        return { ...showForecast(id, results), exit: 0 };
      },
    });
    simulateCommand(command, act);
    ackCommand(command, act);
  },
};

function aboutOne(
  command: Command,
  act: Act,
  one: {
    readonly name: string;
    readonly summary: string;
    readonly show: (id: string, workspace: Workspace, call: Call) => Promise<CommandResult>;
  },
): void {
  command
    .command(one.name)
    .description(one.summary)
    .argument('<id>', 'a budget')
    .action(async (id: string) => {
      await inWorkspace(act, async (workspace, call) => await one.show(id, workspace, call));
    });
}

function simulateCommand(command: Command, act: Act): void {
  command
    .command('simulate')
    .description('one budget with another amount or another pace; nothing is recorded')
    .argument('<id>', 'a budget')
    .option('--amount <decimal>', 'another amount for the period')
    .option('--delta <change>', 'a change of each day from today on, such as +30% or -12.50')
    .action(async (id: string, trial: { readonly amount?: string; readonly delta?: string }) => {
      await inWorkspace(act, async (workspace, call) => {
        if (trial.amount === undefined && trial.delta === undefined) {
          throw new AppError('usage', { message: 'Expected --amount or --delta, got neither' });
        }
        const asOf = asOfInstant(call, workspace.plan.timezone);
        return { ...showSimulation(id, await simulateBudget(workspace, id, trial, asOf)), exit: 0 };
      });
    });
}

function ackCommand(command: Command, act: Act): void {
  command
    .command('ack')
    .description('say that an alert was seen, as a signed record: it is not escalated any more')
    .argument('<alert>', 'the alert, or the beginning of its digest')
    .option('--snooze <duration>', 'hear nothing of it for so long, such as 2d; 7d at most')
    .action(async (alert: string, { snooze }: { readonly snooze?: string }) => {
      await inWorkspace(act, async (workspace) => {
        const until = snooze === undefined ? undefined : snoozeEnd(snooze, workspace);
        const answer = until === undefined ? {} : { snoozeUntil: until };
        const { ref, body } = await answerAlert(workspace, alert, answer);
        const what = body.kind === 'snooze' ? `is snoozed until ${body.until}` : 'is acknowledged';
        return {
          exit: 0,
          data: { record: ref, ...body },
          text: `the alert of ${body.budget} ${what}, by ${body.by}`,
          notes: [`Record ${ref}`],
        };
      });
    });
}

const SNOOZE_MAX = '7d';

function snoozeEnd(duration: string, { ports }: Workspace): Instant {
  const isDuration = /^\d{1,6}(m|h|d)$/.test(duration);
  const ms = isDuration ? durationMs(duration) : 0;
  if (ms <= 0 || ms > durationMs(SNOOZE_MAX)) {
    throw new AppError('usage', {
      message: `Expected --snooze to be such as 4h or 2d, ${SNOOZE_MAX} at most, got ${JSON.stringify(duration)}`,
    });
  }
  return instantFromMs(instantMs(ports.clock.now()) + ms);
}

type Status = Awaited<ReturnType<typeof budgetStatus>>;

async function statusOf(id: string, workspace: Workspace, call: Call): Promise<Status> {
  const known = workspace.plan.budgets.map((one) => one.id);
  if (!known.includes(id)) throw unknownName('budget', id, known);
  const results = await budgetStatus(workspace, asOfInstant(call, workspace.plan.timezone));
  return results.filter((one) => one.budget === id);
}

async function status(workspace: Workspace, call: Call): Promise<CommandResult> {
  const results = await budgetStatus(workspace, asOfInstant(call, workspace.plan.timezone));
  const table = budgetTable(results, workspace.plan);
  return {
    ...inTableFormats(
      call,
      table,
      workspace.plan.budgets.length === 0 ? 'The plan has no budget.' : NOTHING_YET,
    ),
    exit: exitOf(results),
    data: tableJson(table),
    notes: [
      ...alertNotes(await openAlerts(workspace)),
      ...familyNotes(workspace.plan, results),
      'As of what is imported; spendproof usage import reads what is new.',
    ],
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
