import { type ExitStatus, terminalText, worstExit } from '../../core/index.ts';
import type { RecordOf } from '../../evidence/index.ts';
import { documentTable } from '../../report/index.ts';
import {
  checkAndRecord,
  holdAssumptions,
  latestDocumentChecks,
  unknownName,
  type Workspace,
} from '../../review/index.ts';
import type { DocumentCheck } from '../../verify/index.ts';
import { inTableFormats, tableJson } from '../formats.ts';
import type { Call, CommandResult } from '../world.ts';

type Check = RecordOf<'document-check'>;

/** Lists documents as they were last checked. */
export async function listDocuments(
  call: Call,
  workspace: Workspace,
  only?: readonly string[],
): Promise<CommandResult> {
  const checks = await latestDocumentChecks(workspace);
  const documents = workspace.plan.documents.filter(({ id }) => only?.includes(id) ?? true);
  const shown = checks.filter(({ document }) => documents.some(({ id }) => id === document));
  const plan = { documents };
  const table = documentTable(shown, plan);
  const unread = documents.length > shown.length;
  return {
    ...inTableFormats(call, table),
    exit: worstExit([...shown.map(statusOf), ...(unread ? [5 as const] : [])]),
    data: tableJson(table),
    notes: [...gapNotes(shown), unread ? 'Next: spendproof docs check' : nextOf(shown)],
  };
}

/** Reads pages now, records what was found, and lists it. */
export async function checkDocuments(
  call: Call,
  workspace: Workspace,
  ids: readonly string[],
): Promise<CommandResult> {
  const wanted = knownDocuments(
    workspace,
    ids.length === 0 ? workspace.plan.documents.map(({ id }) => id) : ids,
  );
  const now = workspace.ports.clock.now();
  const { checks, records } = await checkAndRecord(workspace, { ids: wanted, review: null, now });
  await holdAssumptions(workspace, checks, records);
  const listed = await listDocuments(call, workspace, wanted);
  return { ...listed, notes: [...movedNotes(checks), ...(listed.notes ?? [])] };
}

/**
 * Where a page of the same owner has moved for good is said here and kept nowhere: it is the server's word. Where another
 * owner's host would be, nobody is told: a server could say anything there.
 */
const movedNotes = (checks: readonly DocumentCheck[]): readonly string[] =>
  checks
    .filter(({ detail, foundAt }) => foundAt !== undefined && detail === 'moved')
    .map(({ document, foundAt = '' }) => `${document} is now at ${terminalText(foundAt)}`);

/** Gives the ids back. @throws {AppError} `usage` for one that the plan does not have. */
export function knownDocuments({ plan }: Workspace, ids: readonly string[]): readonly string[] {
  const names = plan.documents.map(({ id }) => id);
  const unknown = ids.find((id) => !names.includes(id));
  if (unknown !== undefined) throw unknownName('document', unknown, names);
  return ids;
}

function statusOf({ state, outcome }: Check): ExitStatus {
  if (state === 'changed' || state === 'gone' || outcome === 'fail') return 3;
  return outcome === 'pass' ? 0 : 5;
}

/** What a person can do about a page that could not be read, beyond trying again. */
function gapNotes(checks: readonly Check[]): readonly string[] {
  return checks.flatMap(({ document, reasons, detail }) => {
    if (reasons.includes('browser-missing')) {
      return [
        `${document} shows no text without scripts: install Chromium and \`npm install playwright-core\`, or declare a Markdown alternate`,
      ];
    }
    if (detail !== 'blocked') return [];
    const why = reasons.includes('robots-disallowed')
      ? 'may not be read by programs (robots.txt)'
      : 'refuses us';
    return [
      `${document} ${why}: read it yourself, then spendproof docs attest ${document} --claim …`,
    ];
  });
}

/** More names than this are no hint any more. */
const NAMED_MAX = 12;

function nextOf(checks: readonly Check[]): string {
  const changed = checks.find(({ state }) => state === 'changed');
  if (changed !== undefined) return `Next: spendproof docs diff ${changed.document}`;
  const unattested = checks.find(({ detail }) => detail === 'not-attested');
  const fresh = checks
    .filter(({ state, detail }) => state === 'new' && detail !== 'not-attested')
    .map(({ document }) => document);
  if (fresh.length > NAMED_MAX) {
    return `Next: read them, then spendproof docs accept with the names of the ${fresh.length} new ones`;
  }
  if (fresh.length > 0) return `Next: read them, then spendproof docs accept ${fresh.join(' ')}`;
  if (unattested !== undefined) return `Next: spendproof docs attest ${unattested.document}`;
  return 'Next: spendproof review';
}
