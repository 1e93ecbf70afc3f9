import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/index.ts';
import type { SmokeTest } from '../../plan/index.ts';
import type { DocumentCheck, PatternState, SmokeOrder } from '../../verify/index.ts';
import type { Workspace } from '../workspace.ts';

/** Builds what the runner needs of the plan: provider, fixture, environment. */
export async function orderOf(
  { plan, root }: Workspace,
  test: SmokeTest,
  patternState: PatternState,
): Promise<SmokeOrder> {
  const provider = plan.providers.find(({ id }) => id === (test.provider ?? plan.providers[0]?.id));
  const environment = plan.environments.find(({ id }) => id === test.environment);
  if (provider === undefined || environment === undefined) {
    throw new AppError('plan-reference', {
      message: `Expected smoke test ${test.id} to name a provider and an environment of the plan`,
    });
  }
  const fixture = test.request.body?.fixture;
  return {
    test,
    provider,
    environmentKind: environment.kind,
    loopback: plan.network.loopback,
    fixture: fixture === undefined ? null : await readFixture(join(root, fixture)),
    patternState,
    tolerate: plan.guards.environment.tolerate,
  };
}

/** Says what the page check found of the documented pattern; a page of another review that is still fresh counts too. */
export function patternStateOf(
  test: SmokeTest,
  checks: readonly Pick<DocumentCheck, 'claims' | 'fresh' | 'state'>[],
): PatternState {
  const check = checks.find(({ claims }) => claims.some(({ claim }) => claim === test.pattern));
  const claim = check?.claims.find((one) => one.claim === test.pattern);
  if (check === undefined || claim === undefined) return 'not-evaluable';
  if (claim.result !== 'holds') return claim.result;
  return check.fresh || check.state === 'new' ? 'holds' : 'stale';
}

async function readFixture(path: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
