import type { ExitStatus, Json } from '../../core/index.ts';
import { outboxTable } from '../../report/index.ts';
import {
  outbox,
  type OutboxRow,
  retryNotice,
  testChannel,
  type Workspace,
} from '../../review/index.ts';
import { asOfInstant, withWorkspace } from '../call.ts';
import type { Act, CommandDefinition } from '../command.ts';
import { inTableFormats } from '../formats.ts';
import type { Call, CommandResult } from '../world.ts';

export const notify: CommandDefinition = {
  examples: [
    'spendproof notify',
    'spendproof notify outbox --format csv',
    'spendproof notify test finops-chat',
    'spendproof notify retry 9f3c21',
  ],
  exits: '0 arrived · 3 one has failed · 4 a secret is missing, malformed or refused (test, retry)',
  build: (command, act) => {
    command.description(
      'Notices: what went out, what failed, what waits for quiet hours to end; aggregates only, never a prompt.',
    );
    command
      .command('outbox', { isDefault: true })
      .description('every notice with its channel and what became of it; sends nothing')
      .action(async () => await inWorkspace(act, list));
    command
      .command('test')
      .description('send a notice that says only that the channel works, and record how it ended')
      .argument('<id>', 'a channel of the plan')
      .action(async (id: string) => {
        await inWorkspace(act, async (workspace) => await test(workspace, id));
      });
    command
      .command('retry')
      .description('send a notice again that failed, under the same id')
      .argument('<id>', 'the notice, or the beginning of its digest')
      .action(async (id: string) => {
        await inWorkspace(act, async (workspace, call) => {
          const row = await retryNotice(workspace, id, workspace.ports.clock.now());
          const exit = row.state === 'failed' ? exitOfReason(row.reason) : 0;
          return { ...shown(call, [row]), exit };
        });
      });
  },
};

async function list(workspace: Workspace, call: Call): Promise<CommandResult> {
  const now = asOfInstant(call, workspace.plan.timezone) ?? workspace.ports.clock.now();
  const rows = await outbox(workspace, now);
  const notes = rows.some(({ state }) => state === 'failed')
    ? ['Next: spendproof notify retry ID']
    : [];
  return { ...shown(call, rows), exit: exitOf(rows), notes };
}

async function test(workspace: Workspace, id: string): Promise<CommandResult> {
  const { ref, body } = await testChannel(workspace, id);
  const isThere = body.outcome === 'delivered';
  return {
    exit: isThere ? 0 : exitOfReason(body.reason),
    data: { record: ref, ...body },
    text: `${id}: ${isThere ? 'delivered' : `failed, ${WHY[body.reason]}`} (${body.attempts} ${body.attempts === 1 ? 'attempt' : 'attempts'})`,
    notes: [`Record ${ref}`],
  };
}

const WHY: Readonly<Record<NonNullable<OutboxRow['reason']>, string>> = {
  ok: 'it arrived',
  'secret-missing': 'a secret that the plan refers to is not there or has another form',
  timeout: 'the receiver did not answer in time',
  refused: 'no connection to the receiver',
  status: 'the receiver refused the message',
  'address-refused': 'the address is not a public one, and the plan does not list it',
  'not-writable': 'the folder cannot be written',
  'auth-refused': 'the receiver refused the credential',
  tls: 'the receiver could not be told apart from somebody else (TLS)',
};

const exitOfReason = (reason: OutboxRow['reason']): ExitStatus =>
  reason === 'secret-missing' || reason === 'auth-refused' ? 4 : 3;

/** A notice that did not arrive is a finding: silence could be taken for an all-clear. */
const exitOf = (rows: readonly OutboxRow[]): ExitStatus =>
  rows.some(({ state }) => state === 'failed') ? 3 : 0;

const shown = (
  call: Call,
  rows: readonly OutboxRow[],
): Pick<CommandResult, 'data' | 'text' | 'formats'> => ({
  ...inTableFormats(call, outboxTable(rows)),
  data: rows.map((row): Json => ({ ...row })),
});

async function inWorkspace(
  act: Act,
  use: (workspace: Workspace, call: Call) => Promise<CommandResult>,
): Promise<void> {
  await act(
    async (call) => await withWorkspace(call, async (workspace) => await use(workspace, call)),
  );
}
