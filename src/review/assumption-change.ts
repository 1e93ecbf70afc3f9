import {
  AppError,
  canonicalJson,
  type Digest,
  type Instant,
  itemAt,
  type Json,
} from '../core/index.ts';
import type { Plan } from '../plan/index.ts';
import { documentHistory } from './document-baseline.ts';
import { keptPlan } from './kept-inputs.ts';
import { currentHolds } from './steps/documents.ts';
import { unverifiedBecause, type VerifiedWhen } from './verified-document.ts';
import type { Workspace } from './workspace.ts';

/** Says that a plan changes what numbers rest on since the last review. */
export interface AssumptionChange {
  readonly assumption: string;
  /** What differs, in words: `value`, `cites`, `budget support-bot-monthly`, `conversion of gateway-log`. */
  readonly what: readonly string[];
  /** Removed from the plan: then nothing is left to verify. */
  readonly removed: boolean;
}

/** Says why a changed assumption is refused. */
export type AssumptionProblem = AssumptionChange & {
  readonly held: boolean;
  /** Cited documents that are not fresh, not accepted, or whose claims do not all hold, each with why. */
  readonly unverified: readonly string[];
};

/**
 * Finds the assumptions that a plan changes: their value and cites, and every amount and conversion that names them.
 *
 * An amount that stops naming an assumption changes it too: otherwise a held one could be left behind.
 */
export function assumptionChanges(before: Plan, after: Plan): readonly AssumptionChange[] {
  const ids = [...before.assumptions, ...after.assumptions].map(({ id }) => id);
  return [...new Set(ids)].toSorted().flatMap((assumption) => {
    const old = before.assumptions.find(({ id }) => id === assumption);
    const fresh = after.assumptions.find(({ id }) => id === assumption);
    const own = (['value', 'cites'] as const).filter(
      (field) => !isSame(old?.[field] ?? null, fresh?.[field] ?? null),
    );
    const what = [
      ...own,
      ...dependents(assumption, before, after),
      ...(old === undefined || fresh === undefined ? ['the assumption itself'] : []),
    ];
    return what.length === 0 ? [] : [{ assumption, what, removed: fresh === undefined }];
  });
}

/**
 * Judges what the open plan changes since the last review: a held assumption may not change, and a changed one needs every
 * document that it cites fresh, accepted and with its claims holding.
 *
 * @returns an empty list when nothing changed, or no review has ended yet.
 * @throws {AppError} `export-unreadable` when the plan of the last review is not on this machine.
 */
export async function assumptionProblems(
  workspace: Workspace,
  { planDigest, now }: { readonly planDigest: Digest; readonly now: Instant },
): Promise<readonly AssumptionProblem[]> {
  // A review that ran under a refused change makes it no known one: the next is compared with the plan before it.
  const review = await workspace.ledger.latest(
    'review',
    ({ body }) => !body.reasons.includes('assumption-changed'),
  );
  const digest = review?.context.plan;
  if (digest === undefined || digest === null || digest === planDigest) return [];
  const changes = assumptionChanges(
    await keptPlan(workspace.state, digest as Digest),
    workspace.plan,
  );
  if (changes.length === 0) return [];
  const held = new Set((await currentHolds(workspace)).map(({ assumption }) => assumption));
  const history = await documentHistory(workspace);
  return changes
    .map((change): AssumptionProblem => ({
      ...change,
      held: held.has(change.assumption),
      unverified: change.removed ? [] : unverifiedCites(change, workspace.plan, { history, now }),
    }))
    .filter((problem) => problem.held || problem.unverified.length > 0);
}

/**
 * Refuses a plan whose changes of assumptions do not stand.
 *
 * @throws {AppError} `assumption-held` when one of them is held, else `assumption-unverified`.
 */
export async function refuseAssumptionChanges(workspace: Workspace): Promise<void> {
  const { loaded, ports } = workspace;
  const as = { planDigest: loaded.planDigest, now: ports.clock.now() };
  const problems = await assumptionProblems(workspace, as);
  const worst = problems.find(({ held }) => held) ?? problems[0];
  if (worst === undefined) return;
  const details = problems.flatMap(linesOf);
  if (worst.held) {
    throw new AppError('assumption-held', {
      message: `Expected ${worst.assumption} to stay as the last review knew it; it is held`,
      hint: `Take the change back, or end the hold first: spendproof resume ${worst.assumption} --because CODE.`,
      details,
    });
  }
  throw new AppError('assumption-unverified', {
    message: `Expected the documents that ${worst.assumption} cites to be verified before it changes`,
    hint: 'Run `spendproof docs check`, read what changed, and accept it with `spendproof docs accept`.',
    details,
  });
}

function linesOf({ assumption, what, held, unverified }: AssumptionProblem): readonly string[] {
  const head = `  ${assumption}: changed since the last review: ${what.join(', ')}`;
  return [head, ...(held ? ['    it is held'] : []), ...unverified.map((line) => `    ${line}`)];
}

function dependents(assumption: string, before: Plan, after: Plan): readonly string[] {
  const budgets = changed(before.budgets, after.budgets, ({ assumption: named, ...budget }) => {
    const { amount, amounts = [], scope, exclude = {}, period, cost } = budget;
    return named === assumption ? [amount, amounts, scope, exclude, period, cost] : null;
  });
  const exports = changed(before.exports, after.exports, ({ conversion }) =>
    conversion === assumption ? true : null,
  );
  return [...budgets.map((id) => `budget ${id}`), ...exports.map((id) => `conversion of ${id}`)];
}

/** Lists the ids whose facts differ; facts are null where an entry does not name the assumption. */
function changed<T extends { readonly id: string }>(
  before: readonly T[],
  after: readonly T[],
  facts: (entry: T) => unknown,
): readonly string[] {
  const factsIn = (entries: readonly T[], wanted: string): unknown => {
    const entry = entries.find(({ id }) => id === wanted);
    return entry === undefined ? null : facts(entry);
  };
  const ids = [...new Set([...before, ...after].map(({ id }) => id))].toSorted();
  return ids.filter((id) => !isSame(factsIn(before, id), factsIn(after, id)));
}

const isSame = (left: unknown, right: unknown): boolean => textOf(left) === textOf(right);
const textOf = (value: unknown): string => canonicalJson(JSON.parse(JSON.stringify(value)) as Json);

function unverifiedCites(
  { assumption }: AssumptionChange,
  plan: Plan,
  known: VerifiedWhen,
): readonly string[] {
  const cites = plan.assumptions.find(({ id }) => id === assumption)?.cites ?? [];
  return [...new Set(cites)].flatMap((cite) => {
    const name = itemAt(cite.split('#', 1), 0);
    const document = plan.documents.find(
      ({ id, claims }) => id === name || claims.some((claim) => claim.id === cite),
    );
    if (document === undefined) return [];
    const claims = document.claims.map(({ id }) => id).filter((id) => id === cite);
    const wanted = document.id === name ? document.claims.map(({ id }) => id) : claims;
    const why = unverifiedBecause(document, wanted, known);
    return why === undefined ? [] : [`${cite}: ${why}`];
  });
}
