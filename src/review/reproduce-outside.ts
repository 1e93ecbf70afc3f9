import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type Digest, type Instant, sha256 } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import type { SmokeTest } from '../plan/index.ts';
import {
  type DocumentCheck,
  type DocumentObservation,
  heldAssumptions,
  rejudgeDocument,
  rejudgeSmoke,
} from '../verify/index.ts';
import { baselineOf, documentHistory } from './document-baseline.ts';
import { readPage } from './kept-pages.ts';
import { type Derivation, frameOf, importsBefore, workspaceAt } from './reproduce-frame.ts';
import { MissingInput } from './reproduce-table.ts';
import { documentBody } from './steps/documents.ts';
import { linkPartsOf, usageLinkBody } from './steps/smoke-link.ts';

type DocumentRecord = StoredRecord<RecordOf<'document-check'>>;

/** Judges a document again from the kept texts and the accept records before it. */
export async function deriveDocument(
  derivation: Derivation,
  record: DocumentRecord,
): Promise<RecordOf<'document-check'> | undefined> {
  const check = await checkAgain(derivation, record);
  return check === undefined ? undefined : documentBody(check, record.body.review);
}

/** Derives a hold from the checks that it names as its evidence. */
export async function deriveHold(
  derivation: Derivation,
  record: StoredRecord<RecordOf<'hold'>>,
): Promise<RecordOf<'hold'> | undefined> {
  const { plan } = await workspaceAt(derivation, record);
  const checks: DocumentCheck[] = [];
  for (const ref of record.body.evidence) {
    const named = await derivation.workspace.ledger.latest(
      'document-check',
      (one) => one.ref === ref,
    );
    const check = named === undefined ? undefined : await checkAgain(derivation, named);
    if (check !== undefined) checks.push(check);
  }
  const assumptions = plan.assumptions.filter(({ id }) => id === record.body.assumption);
  const [held] = heldAssumptions({ assumptions, checks });
  if (held === undefined) return undefined;
  return { ...record.body, reasons: held.reasons, because: held.subjects };
}

/** Judges a smoke test again from what was observed; `undefined` when nothing was sent. */
export async function deriveSmoke(
  derivation: Derivation,
  record: StoredRecord<RecordOf<'smoke'>>,
): Promise<RecordOf<'smoke'> | undefined> {
  const { plan } = await workspaceAt(derivation, record);
  const test = plan.smoke.find(({ id }) => id === record.body.smoke);
  const provider = plan.providers.find(
    ({ id }) => id === (test?.provider ?? plan.providers[0]?.id),
  );
  if (test === undefined || provider === undefined)
    throw new MissingInput('smoke test of the plan');
  const judged = rejudgeSmoke(record.body, test, provider);
  return judged === undefined ? undefined : { ...record.body, ...judged };
}

/** Looks for the usage of a smoke test again, in the table as it was. */
export async function deriveLink(
  derivation: Derivation,
  record: StoredRecord<RecordOf<'usage-link'>>,
): Promise<RecordOf<'usage-link'> | undefined> {
  const { workspace, table, imports } = derivation;
  const { plan, root } = await workspaceAt(derivation, record);
  const smoke = await workspace.ledger.latest('smoke', ({ ref }) => ref === record.body.smoke);
  const parts = smoke === undefined ? undefined : linkPartsOf(plan, smoke);
  if (smoke === undefined || parts === undefined) throw new MissingInput('smoke test of the plan');
  await refuseOtherFixture(root, parts.test, smoke.body.fixture);
  const state = await table.upTo(importsBefore(imports, record));
  const mac = (value: string): string => workspace.ledger.mac(value);
  const asOf = (record.body.asOf ?? record.context.at) as Instant;
  return await usageLinkBody(
    { plan, root, store: state.store, imports: state.imports, mac },
    { smoke, ...parts, asOf },
  );
}

async function checkAgain(
  derivation: Derivation,
  record: DocumentRecord,
): Promise<DocumentCheck | undefined> {
  const { body } = record;
  const workspace = await workspaceAt(derivation, record);
  const document = workspace.plan.documents.find(({ id }) => id === body.document);
  if (document === undefined) throw new MissingInput(`document ${body.document} of the plan`);
  const page = await keptText(workspace.state, body.content);
  const history = await documentHistory(workspace);
  const baseline = await baselineOf(workspace, body.document, history);
  if (body.state === 'changed') await keptText(workspace.state, body.accepted?.content ?? null);
  // The schema of the record has checked every form; the brands are those of the check it was made of.
  const seen = body as unknown as DocumentObservation;
  return rejudgeDocument(seen, page, { document, baseline, now: await nowOf(derivation, record) });
}

/** A check outside a review was judged as of itself. */
async function nowOf(derivation: Derivation, record: DocumentRecord): Promise<Instant> {
  if (record.body.review === null) return record.context.at as Instant;
  return (await frameOf(derivation, record, record.body.review)).run.now;
}

async function keptText(state: string, content: string | null) {
  if (content === null) return undefined;
  const page = await readPage(state, content as Digest);
  if (page === undefined) throw new MissingInput(`text ${content}`);
  return page;
}

/** The model that was asked for stands in the fixture alone, which is not kept: it holds a prompt. */
async function refuseOtherFixture(
  root: string,
  test: SmokeTest,
  fixture: string | null,
): Promise<void> {
  const path = test.request.body?.fixture;
  if (test.usageEvidence?.mustMatch.includes('model') !== true || path === undefined) return;
  try {
    if (sha256(await readFile(join(root, path))) === fixture) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  throw new MissingInput(`fixture ${fixture ?? 'of the smoke test'}`);
}

/** Tells whether an error says that something needed is not on this machine. */
export function missingOf(error: unknown): readonly string[] | undefined {
  if (error instanceof MissingInput) return error.missing;
  if (!(error instanceof AppError)) return undefined;
  if (error.code === 'export-unreadable') return [error.message];
  return error.code === 'key-missing' ? ['salt of the ledger'] : undefined;
}
