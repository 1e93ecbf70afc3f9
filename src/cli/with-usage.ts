import type { Digest, Instant, Period } from '../core/index.ts';
import type { DimensionId, MeasureId, Scope } from '../plan/index.ts';
import { manifestsOf, openUsage, type Workspace } from '../review/index.ts';
import type { Aggregate, UsageStore } from '../usage/index.ts';
import { asOfInstant, withWorkspace } from './call.ts';
import type { Act } from './command.ts';
import type { Call, CommandResult } from './world.ts';

/** What a command that asks the usage store works with. */
export interface UsageCall {
  readonly call: Call;
  readonly workspace: Workspace;
  readonly store: UsageStore;
  readonly manifests: readonly Digest[];
  readonly asOf: Instant;
}

/** Opens the project and its usage for one command, and closes both. */
export async function inUsage(
  act: Act,
  use: (opened: UsageCall) => Promise<CommandResult>,
): Promise<void> {
  await act(
    async (call) =>
      await withWorkspace(call, async (workspace) => {
        const store = await openUsage(workspace);
        try {
          const asOf = asOfInstant(call, workspace.plan.timezone) ?? workspace.ports.clock.now();
          const manifests = await manifestsOf(workspace);
          return await use({ call, workspace, store, manifests, asOf });
        } finally {
          await store.close();
          call.ports.log.progress('');
        }
      }),
  );
}

/** Sums all charge categories of a period by some dimensions. */
export async function sums(
  { workspace, store, manifests, asOf }: UsageCall,
  question: {
    readonly period: Period;
    readonly by: readonly DimensionId[];
    readonly measures: readonly MeasureId[];
    readonly filter?: Scope;
  },
): Promise<Aggregate> {
  const { plan } = workspace;
  return await store.aggregate({ filter: {}, ...question, manifests, plan, asOf, include: [] });
}
