import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type Instant, sha256 } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import type { SmokeTest } from '../plan/index.ts';
import { rejudgeSmoke } from '../verify/index.ts';
import { type Derivation, importsBefore, workspaceAt } from './reproduce-frame.ts';
import { MissingInput } from './reproduce-table.ts';
import { linkPartsOf, usageLinkBody } from './steps/smoke-link.ts';

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
  const smokes = (await workspace.ledger.records({ kind: 'smoke' })).filter(
    ({ index }) => index < record.index,
  );
  return await usageLinkBody(
    { plan, root, store: state.store, imports: state.imports, smokes, mac },
    { smoke, ...parts, asOf },
  );
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
