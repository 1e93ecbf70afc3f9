import type { Command } from 'commander';
import {
  type Digest,
  type ExitStatus,
  type Json,
  terminalText,
  worstExit,
} from '../../core/index.ts';
import type { RecordOf } from '../../evidence/index.ts';
import { renderContractTable, renderDocuments } from '../../report/index.ts';
import {
  acceptDocument,
  checkAndRecord,
  diffDocument,
  headingsOf,
  holdAssumptions,
  latestDocumentChecks,
  unknownName,
  type Workspace,
} from '../../review/index.ts';
import { withWorkspace } from '../call.ts';
import type { Act, CommandDefinition } from '../command.ts';
import { inTableFormats } from '../formats.ts';
import { showDiff } from '../show/document-diff.ts';
import type { CommandResult } from '../world.ts';

type Check = RecordOf<'document-check'>;

export const docs: CommandDefinition = {
  build: (command, act) => {
    command
      .description(
        'Documents: what the provider’s pages say today, against the text that a role accepted.',
      )
      .addHelpText(
        'after',
        '\nExamples:\n  spendproof docs check\n  spendproof docs accept cometapi-pricing --by finops\n  spendproof docs contracts --format md',
      );
    buildReading(command, act);
    command
      .command('accept')
      .description('record that a role has read the text as it was last checked')
      .argument('<ids...>', 'documents')
      .option('--by <role>', 'the role that has read it; default: the operator')
      .action(async (ids: string[], options: { readonly by?: string }) => {
        await inWorkspace(act, async (workspace) => await accept(workspace, ids, options.by));
      });
  },
};

function buildReading(command: Command, act: Act): void {
  command
    .command('list', { isDefault: true })
    .description('every document as it was last checked; no network')
    .action(async () => await inWorkspace(act, async (workspace) => await list(workspace)));
  command
    .command('check')
    .description('read the pages now and compare')
    .argument('[ids...]', 'documents; default: all')
    .action(async (ids: string[]) => {
      await inWorkspace(act, async (workspace) => await check(workspace, ids));
    });
  command
    .command('diff')
    .description(
      'what changed since the accepted text, by section; values are shown as placeholders',
    )
    .argument('<id>', 'a document')
    .action(async (id: string) => {
      await inWorkspace(act, async (workspace) => {
        known(workspace, [id]);
        return showDiff(id, await diffDocument(workspace, id));
      });
    });
  command
    .command('contracts')
    .description('area, what to verify, source, accessed, safe wording, state')
    .action(async () => {
      await inWorkspace(act, async (workspace) => {
        const checks = await latestDocumentChecks(workspace);
        const render = inTableFormats((format) =>
          renderContractTable(format, checks, workspace.plan),
        );
        return {
          ...render,
          exit: 0,
          data: asJson(renderContractTable('json', checks, workspace.plan)),
        };
      });
    });
}

async function inWorkspace(
  act: Act,
  use: (workspace: Workspace) => Promise<CommandResult>,
): Promise<void> {
  await act(async (call) => await withWorkspace(call, use));
}

async function list(workspace: Workspace, only?: readonly string[]): Promise<CommandResult> {
  const checks = await latestDocumentChecks(workspace);
  const documents = workspace.plan.documents.filter(({ id }) => only?.includes(id) ?? true);
  const shown = checks.filter(({ document }) => documents.some(({ id }) => id === document));
  const plan = { documents };
  const unread = documents.length > shown.length;
  return {
    ...inTableFormats((format) => renderDocuments(format, shown, plan)),
    exit: worstExit([...shown.map(statusOf), ...(unread ? [5 as const] : [])]),
    data: asJson(renderDocuments('json', shown, plan)),
    notes: [unread ? 'Next: spendproof docs check' : nextOf(shown)],
  };
}

async function check(workspace: Workspace, ids: readonly string[]): Promise<CommandResult> {
  const wanted = known(
    workspace,
    ids.length === 0 ? workspace.plan.documents.map(({ id }) => id) : ids,
  );
  const now = workspace.ports.clock.now();
  const { checks, records } = await checkAndRecord(workspace, { ids: wanted, review: null, now });
  await holdAssumptions(workspace, checks, records);
  return await list(workspace, wanted);
}

async function accept(
  workspace: Workspace,
  ids: readonly string[],
  role: string = workspace.operator,
): Promise<CommandResult> {
  const text: string[] = [];
  const data: Json[] = [];
  for (const id of known(workspace, ids)) {
    const { record, resumed } = await acceptDocument(workspace, id, role);
    const content = record.body.content as Digest;
    text.push(`${id}: ${role} has read the text ${content.slice(7, 19)}… with these headings:`);
    text.push(
      ...(await headingsOf(workspace, content)).slice(0, 20).map((one) => `  ${terminalText(one)}`),
    );
    text.push(...resumed.map((assumption) => `${assumption} is held no more`));
    data.push({ record: record.ref, document: id, content, by: role, resumed });
  }
  return { exit: 0, data, text: text.join('\n'), notes: ['Next: spendproof review'] };
}

function known({ plan }: Workspace, ids: readonly string[]): readonly string[] {
  const names = plan.documents.map(({ id }) => id);
  const unknown = ids.find((id) => !names.includes(id));
  if (unknown !== undefined) throw unknownName('document', unknown, names);
  return ids;
}

function statusOf({ state, outcome }: Check): ExitStatus {
  if (state === 'changed' || state === 'gone' || outcome === 'fail') return 3;
  return outcome === 'pass' ? 0 : 5;
}

function nextOf(checks: readonly Check[]): string {
  const changed = checks.find(({ state }) => state === 'changed');
  if (changed !== undefined) return `Next: spendproof docs diff ${changed.document}`;
  const fresh = checks.filter(({ state }) => state === 'new').map(({ document }) => document);
  if (fresh.length > 0) return `Next: read them, then spendproof docs accept ${fresh.join(' ')}`;
  return 'Next: spendproof review';
}

const asJson = (text: string): Json => JSON.parse(text) as Json;
