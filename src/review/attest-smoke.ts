import { AppError, type Instant, itemAt } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import type { SmokeTest } from '../plan/index.ts';
import { linkUsage } from '../verify/index.ts';
import type { Workspace } from './workspace.ts';
import { unknownName } from './unknown-name.ts';

/**
 * Records that a role has seen the usage of a smoke test's newest run in the account: for providers whose export can show
 * neither the request nor the key.
 *
 * @throws {AppError} `usage` for an unknown role, a test whose plan names another link, or one that was never sent.
 */
export async function attestSmokeUsage(
  workspace: Workspace,
  test: SmokeTest,
  by: string,
): Promise<StoredRecord<RecordOf<'usage-link'>>> {
  const { ledger, plan, ports } = workspace;
  const roles = plan.owners.map(({ id }) => id);
  if (!roles.includes(by)) throw unknownName('role', by, roles);
  const evidence = test.usageEvidence;
  const run = await ledger.latest(
    'smoke',
    ({ body }) => body.smoke === test.id && body.requests > 0,
  );
  if (evidence?.by !== 'attested' || run === undefined) {
    const wanted = run === undefined ? 'a run that was sent' : '`usageEvidence: { by: attested }`';
    throw new AppError('usage', {
      message: `Expected ${test.id} to have ${wanted}, it has none`,
      hint: 'A link that an export can show is not attested: run `spendproof review`.',
    });
  }
  const asOf = ports.clock.now();
  const { state: _state, ...link } = linkUsage({
    export: evidence.export,
    sentAt: run.context.at as Instant,
    within: evidence.within,
    asOf,
    found: { by: 'attested', role: by },
  });
  const record = itemAt(
    await workspace.record<RecordOf<'usage-link'>>([
      { kind: 'usage-link', smoke: run.ref, ...link, asOf, attestedBy: by },
    ]),
    0,
  );
  return record;
}
