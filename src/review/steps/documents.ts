import type { Digest } from '../../core/index.ts';
import { BECAUSE_MAX, type RecordOf, type StoredRecord } from '../../evidence/index.ts';
import {
  checkDocuments,
  digestDocument,
  type DocumentCheck,
  heldAssumptions,
} from '../../verify/index.ts';
import { archiveBody, pruneBodies } from '../document-archive.ts';
import { baselineOf, documentHistory } from '../document-baseline.ts';
import { openMemory } from '../document-memory.ts';
import { type Hold, standingHolds } from '../holds.ts';
import { keepPage } from '../kept-pages.ts';
import type { ReviewRun } from '../run.ts';
import type { Workspace } from '../workspace.ts';

/** What the pages said, and which assumptions stand held after it. */
export interface DocumentsFound {
  readonly checks: readonly DocumentCheck[];
  readonly records: readonly StoredRecord<RecordOf<'document-check'>>[];
  readonly holds: readonly Hold[];
}

/** Checks every document of the plan, records it, and holds the assumptions that cite what changed. */
export async function checkDocumentsOfPlan(run: ReviewRun): Promise<DocumentsFound> {
  const { workspace } = run;
  const { checks, records } = await checkAndRecord(workspace, {
    ids: workspace.plan.documents.map(({ id }) => id),
    review: run.id,
    now: run.now,
  });
  run.parts.push(...records.map(({ ref }) => ref));
  const newHolds = await holdAssumptions(workspace, checks, records);
  run.parts.push(...newHolds.map(({ ref }) => ref));
  return { checks, records, holds: await currentHolds(workspace) };
}

/** Checks documents now and records each; texts are kept on this machine by digest. */
export async function checkAndRecord(
  workspace: Workspace,
  what: {
    readonly ids: readonly string[];
    readonly review: string | null;
    readonly now: DocumentCheck['accessedAt'];
  },
): Promise<Pick<DocumentsFound, 'checks' | 'records'>> {
  const { plan, ports, state } = workspace;
  const history = await documentHistory(workspace);
  const requests = [];
  for (const document of plan.documents.filter(({ id }) => what.ids.includes(id))) {
    const baseline = await baselineOf(workspace, document.id, history);
    requests.push({ document, loopback: plan.network.loopback, baseline, now: what.now });
  }
  const memory = await openMemory(state);
  const checks = await checkDocuments(requests, ports, { memory });
  ports.log.progress('');
  for (const check of checks) await keepRead(workspace, check);
  await memory.save();
  await pruneBodies(state, plan, ports.clock.now());
  const records = await workspace.record(checks.map((check) => documentBody(check, what.review)));
  return { checks, records };
}

/** Keeps what was read on this machine: the texts by digest, and the body where the plan asks for it. */
async function keepRead({ state, plan }: Workspace, check: DocumentCheck): Promise<void> {
  const { content, normalised, whole, body, raw } = check;
  if (content !== null && normalised !== undefined) await keepPage(state, content, normalised);
  if (whole !== undefined) await keepPage(state, digestDocument(whole).content, whole);
  const isKept = plan.documents.some(({ id, keep }) => id === check.document && keep === 'local');
  if (isKept && body !== undefined && raw !== null) {
    await archiveBody(state, raw, body, check.accessedAt);
  }
}

/** Lists the holds that stand, folded from the ledger. */
export async function currentHolds({ ledger, plan }: Workspace): Promise<readonly Hold[]> {
  const events = (await ledger.records()).filter(isHoldEvent);
  return standingHolds(events, plan.timezone);
}

/** Records a hold for each assumption that the checks hold and that does not stand held for the same already. */
export async function holdAssumptions(
  workspace: Workspace,
  checks: readonly DocumentCheck[],
  records: readonly StoredRecord<RecordOf<'document-check'>>[],
): Promise<readonly StoredRecord<RecordOf<'hold'>>[]> {
  const standing = await currentHolds(workspace);
  const found = heldAssumptions({ assumptions: workspace.plan.assumptions, checks }).map(
    ({ subjects, ...held }) => ({ ...held, subjects: subjects.slice(0, BECAUSE_MAX) }),
  );
  const bodies = found
    .filter(({ assumption, subjects }) => {
      const hold = standing.find((one) => one.assumption === assumption);
      return hold === undefined || subjects.some((subject) => !hold.because.includes(subject));
    })
    .map(({ assumption, subjects, reasons }): RecordOf<'hold'> => ({
      kind: 'hold',
      assumption,
      reasons,
      because: subjects,
      evidence: evidenceFor(subjects, checks, records),
    }));
  return await workspace.record(bodies);
}

/** Both sides of a disagreement are the checks of the documents that the subjects belong to. */
function evidenceFor(
  subjects: readonly string[],
  checks: readonly DocumentCheck[],
  records: readonly StoredRecord<RecordOf<'document-check'>>[],
): readonly Digest[] {
  const named = checks.filter(
    ({ document, claims }) =>
      subjects.includes(`document:${document}`) ||
      claims.some(({ claim }) => subjects.includes(`claim:${claim}`)),
  );
  return records
    .filter(({ body }) => named.some(({ document }) => document === body.document))
    .map(({ ref }) => ref)
    .slice(0, 16);
}

function isHoldEvent(
  record: StoredRecord,
): record is StoredRecord<RecordOf<'hold' | 'resume' | 'accept'>> {
  return ['hold', 'resume', 'accept'].includes(record.body.kind);
}

/** Says of a check what its record says. */
export function documentBody(
  check: DocumentCheck,
  review: string | null,
): RecordOf<'document-check'> {
  const { outcome } = check;
  return {
    kind: 'document-check',
    document: check.document,
    review,
    outcome: outcome.kind,
    reasons: outcome.reasons,
    missing: outcome.kind === 'inconclusive' ? outcome.missing : [],
    state: check.state,
    detail: check.detail,
    fresh: check.fresh,
    accessedAt: check.accessedAt,
    status: check.status,
    redirects: check.redirects,
    representation: check.representation,
    normaliser: check.normaliser,
    ...(check.masks === undefined ? {} : { masks: check.masks }),
    raw: check.raw,
    content: check.content,
    outline: check.outline,
    links: check.links,
    ...(check.sections === undefined ? {} : { sections: check.sections }),
    ...(check.scope === undefined ? {} : { scope: check.scope }),
    ...(check.address === undefined ? {} : { address: check.address }),
    ...(check.way === undefined ? {} : { way: check.way }),
    ...(check.serverClock === undefined ? {} : { serverClock: check.serverClock }),
    accepted: check.accepted,
    changes: check.changes,
    claims: check.claims,
  };
}
