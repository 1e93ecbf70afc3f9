import type { Digest, Instant } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import type { PlanDocument } from '../plan/index.ts';
import {
  type DocumentCheck,
  type DocumentObservation,
  heldAssumptions,
  type NormalisedDocument,
  rejudgeDocument,
  type TemplatedPage,
  templatesByHost,
} from '../verify/index.ts';
import { baselineOf, documentHistory } from './document-baseline.ts';
import { deriveDisputedHold } from './reproduce-bills.ts';
import { readPage } from './kept-pages.ts';
import { type Derivation, frameOf, workspaceAt } from './reproduce-frame.ts';
import { MissingInput } from './reproduce-table.ts';
import { documentBody } from './steps/documents.ts';
import type { Workspace } from './workspace.ts';

type DocumentRecord = StoredRecord<RecordOf<'document-check'>>;

/** Judges a document again from the kept texts and the accept records before it. */
export async function deriveDocument(
  derivation: Derivation,
  record: DocumentRecord,
): Promise<RecordOf<'document-check'> | undefined> {
  const check = await checkAgain(derivation, record);
  if (check === undefined) return undefined;
  const { sections, scope, ...body } = documentBody(check, record.body.review);
  // Records of earlier versions speak neither of sections nor of the part that was compared.
  const isTold = record.body.sections !== undefined && sections !== undefined;
  const told = isTold ? { ...body, sections } : body;
  return record.body.scope === undefined || scope === undefined ? told : { ...told, scope };
}

/** Derives a hold from the checks, or the comparison of a bill, that it names as its evidence. */
export async function deriveHold(
  derivation: Derivation,
  record: StoredRecord<RecordOf<'hold'>>,
): Promise<RecordOf<'hold'> | undefined> {
  const { ledger } = derivation.workspace;
  const disputed = await ledger.latest('reconcile', ({ ref }) =>
    record.body.evidence.includes(ref),
  );
  if (disputed !== undefined) return await deriveDisputedHold(derivation, record, disputed);
  const { plan } = await workspaceAt(derivation, record);
  const checks: DocumentCheck[] = [];
  for (const ref of record.body.evidence) {
    const named = await ledger.latest('document-check', (one) => one.ref === ref);
    const check = named === undefined ? undefined : await checkAgain(derivation, named);
    if (check !== undefined) checks.push(check);
  }
  const assumptions = plan.assumptions.filter(({ id }) => id === record.body.assumption);
  const [held] = heldAssumptions({ assumptions, checks });
  if (held === undefined) return undefined;
  return { ...record.body, reasons: held.reasons, because: held.subjects };
}

async function checkAgain(
  derivation: Derivation,
  record: DocumentRecord,
): Promise<DocumentCheck | undefined> {
  const { body } = record;
  const workspace = await workspaceAt(derivation, record);
  const document = documentOf(workspace, body);
  const page = await keptText(workspace.state, contentOf(body));
  const history = await documentHistory(workspace);
  const baseline = await baselineOf(workspace, body.document, history);
  if (body.state === 'changed') await keptText(workspace.state, body.accepted?.content ?? null);
  // The schema of the record has checked every form; the brands are those of the check it was made of.
  const seen = body as unknown as DocumentObservation;
  const now = await nowOf(derivation, record);
  const pages = body.state === 'changed' ? await pagesOfRun(derivation, record, workspace) : [];
  const templates = templatesByHost(pages)(document);
  const check = rejudgeDocument(seen, page, { document, baseline, now, templates });
  const scoped = pages.find(
    ({ document: { scope, ignore } }) => scope !== undefined || ignore !== undefined,
  );
  if (check === undefined || check.detail === body.detail || scoped === undefined) return check;
  // Of a page that the plan compares in part, no record names the rest, which may have shown the host's template.
  throw new MissingInput(`whole page of ${scoped.document.id}`);
}

/** Reads the pages that were checked in one run: together they show which texts are their host's template. */
async function pagesOfRun(
  { workspace: { ledger } }: Derivation,
  record: DocumentRecord,
  workspace: Workspace,
): Promise<readonly TemplatedPage[]> {
  const { context, body } = record;
  const all = await ledger.records({ kind: 'document-check' });
  const run = all.filter((one) => one.context.at === context.at && one.body.review === body.review);
  const history = await documentHistory(workspace);
  return await Promise.all(
    run.map(async (one) => {
      const document = documentOf(workspace, one.body);
      const { accepted } = await baselineOf(workspace, document.id, history);
      const whole = await keptText(workspace.state, contentOf(one.body));
      return { document, whole, accepted: accepted?.normalised };
    }),
  );
}

function documentOf({ plan }: Workspace, { document: id }: DocumentRecord['body']): PlanDocument {
  const document = plan.documents.find((one) => one.id === id);
  if (document === undefined) throw new MissingInput(`document ${id} of the plan`);
  return document;
}

/** A text that was not believed was not kept. */
const contentOf = ({ state, content }: DocumentRecord['body']): string | null =>
  state === 'unreadable' ? null : content;

/** A check outside a review was judged as of itself. */
async function nowOf(derivation: Derivation, record: DocumentRecord): Promise<Instant> {
  if (record.body.review === null) return record.context.at as Instant;
  return (await frameOf(derivation, record, record.body.review)).run.now;
}

async function keptText(
  state: string,
  content: string | null,
): Promise<NormalisedDocument | undefined> {
  if (content === null) return undefined;
  const page = await readPage(state, content as Digest);
  if (page === undefined) throw new MissingInput(`text ${content}`);
  return page;
}
