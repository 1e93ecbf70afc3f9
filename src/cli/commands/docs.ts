import type { Command } from 'commander';
import {
  diffDocument,
  historyOf,
  latestDocumentChecks,
  type Workspace,
} from '../../review/index.ts';
import type { Act, CommandDefinition } from '../command.ts';
import { showContracts } from '../show/document-contracts.ts';
import { diffHtml } from '../show/document-diff-html.ts';
import { showDiff } from '../show/document-diff.ts';
import { showHistory } from '../show/document-history.ts';
import { acceptDocuments, attest } from './docs-confirm.ts';
import { checkDocuments, knownDocuments, listDocuments } from './docs-check.ts';
import { withWorkspace } from '../call.ts';
import type { Call, CommandResult } from '../world.ts';

export const docs: CommandDefinition = {
  examples: [
    'spendproof docs',
    'spendproof docs list --format csv',
    'spendproof docs check',
    'spendproof docs check cometapi-pricing',
    'spendproof docs history cometapi-pricing',
    'spendproof docs diff cometapi-pricing',
    'spendproof docs diff cometapi-pricing --html --out diff.html',
    'spendproof docs accept cometapi-pricing --by finops',
    'spendproof docs attest cometapi-help --by finops',
    'spendproof docs contracts --format md',
  ],
  exits:
    '0 as it was accepted · 3 changed, gone, or a claim is broken · 5 unread or unreadable (list, check); diff ends with 3 where something changed',
  build: (command, act) => {
    command.description(
      'Documents: what the provider’s pages say today, against the text that a role accepted.',
    );
    buildReading(command, act);
    buildComparing(command, act);
    buildConfirming(command, act);
  },
};

function buildReading(command: Command, act: Act): void {
  command
    .command('list', { isDefault: true })
    .description('every document as it was last checked; no network')
    .action(
      async () =>
        await inWorkspace(act, async (workspace, call) => await listDocuments(call, workspace)),
    );
  command
    .command('check')
    .description('read the pages now and compare')
    .argument('[ids...]', 'documents; default: all')
    .action(async (ids: string[]) => {
      await inWorkspace(act, async (workspace, call) => await checkDocuments(call, workspace, ids));
    });
  command
    .command('history')
    .description('every check, acceptance and attestation of a document; no network')
    .argument('<id>', 'a document')
    .action(async (id: string) => {
      await inWorkspace(act, async (workspace, call) => {
        knownDocuments(workspace, [id]);
        return showHistory(call, id, await historyOf(workspace, id));
      });
    });
}

function buildComparing(command: Command, act: Act): void {
  command
    .command('diff')
    .description(
      'what changed since the accepted text, by section; values are shown as placeholders',
    )
    .argument('<id>', 'a document')
    .option('--html', 'one page for a browser; write it with --out FILE')
    .action(async (id: string, options: { readonly html?: boolean }) => {
      await inWorkspace(act, async (workspace) => await diff(workspace, id, options.html === true));
    });
  command
    .command('contracts')
    .description('area, what to verify, source, accessed, safe wording, state')
    .action(async () => {
      await inWorkspace(act, async (workspace, call) =>
        showContracts(call, await latestDocumentChecks(workspace), workspace.plan),
      );
    });
}

function buildConfirming(command: Command, act: Act): void {
  command
    .command('accept')
    .description('record that a role has read the text as it was last checked')
    .argument('<ids...>', 'documents')
    .option('--by <role>', 'the role that has read it; default: the operator')
    .option('--digest <sha256>', 'only if this is the text; its first 12 characters are enough')
    .action(async (ids: string[], options: { readonly by?: string; readonly digest?: string }) => {
      await inWorkspace(act, async (workspace) => await acceptDocuments(workspace, ids, options));
    });
  command
    .command('attest')
    .description('record that a role has confirmed what no request of ours can show')
    .argument('<id>', 'a document')
    .option('--by <role>', 'the role that has seen it; default: the operator')
    .option('--claim <ids...>', 'what was confirmed; default: what only the own account can show')
    .option('--proof <file>', 'a file that the role keeps; only its digest is recorded')
    .action(
      async (
        id: string,
        options: {
          readonly by?: string;
          readonly claim?: string[];
          readonly proof?: string;
        },
      ) => {
        await inWorkspace(
          act,
          async (workspace, call) => await attest(workspace, id, { ...options, cwd: call.cwd }),
        );
      },
    );
}

async function inWorkspace(
  act: Act,
  use: (workspace: Workspace, call: Call) => Promise<CommandResult>,
): Promise<void> {
  await act(async (call) => await withWorkspace(call, async (workspace) => use(workspace, call)));
}

async function diff(workspace: Workspace, id: string, html: boolean): Promise<CommandResult> {
  knownDocuments(workspace, [id]);
  const found = await diffDocument(workspace, id);
  const url = workspace.plan.documents.find((document) => document.id === id)?.url;
  const result = showDiff(id, url, found);
  if (!html) return result;
  return { ...result, text: diffHtml(id, url, found), notes: [] };
}
