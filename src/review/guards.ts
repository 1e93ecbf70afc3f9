import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  AppError,
  canonicalJson,
  itemAt,
  type Json,
  type Ports,
  type SecretRef,
  sha256,
} from '../core/index.ts';
import { partRecords, type RecordOf, type StoredRecord } from '../evidence/index.ts';
import { parsePlan } from '../plan/index.ts';
import { ADAPTER_FACTS } from '../usage/index.ts';
import {
  environmentMismatch,
  type Fingerprint,
  type GuardFinding,
  type GuardResult,
  parseRawDiff,
  readFileAt,
  readGitChange,
  scopeDrift,
  takeFingerprint,
  unreviewedFallback,
} from '../verify/index.ts';
import { recordParts, type ReviewRun } from './run.ts';
import type { Workspace } from './workspace.ts';
import { unknownName } from './unknown-name.ts';

/** What a guard said, and its record when one was asked for. */
export interface Guarded {
  readonly result: GuardResult;
  readonly findings: readonly GuardFinding[];
  /** The record that it would be, or is. */
  readonly body: RecordOf<'guard'>;
}

export const SIGNALS = ['document', 'smoke', 'usage', 'budget'] as const;
export type Signal = (typeof SIGNALS)[number];

/**
 * Judges which files a change touches, by the areas that the failing signals allow in the plan *as the base of the change
 * had it*: a change cannot widen the area that it is judged by.
 *
 * @throws {AppError} `usage` when the base is no commit of this repository, or no plan stood there.
 */
export async function guardScope(
  workspace: Workspace,
  what: { readonly base: string; readonly signals: readonly Signal[] },
): Promise<Guarded> {
  const { root, plan, loaded, ports } = workspace;
  const change = await readGitChange(root, what.base, ports.env);
  if (change === undefined) {
    throw new AppError('usage', {
      message: 'Expected --base to name a commit that this repository has in common with HEAD',
      hint: 'In CI, fetch the whole history (fetch-depth: 0) and name the target branch.',
    });
  }
  const planFile = basename(loaded.path);
  const guards = await guardsAt(workspace, change, planFile);
  const allowed = what.signals.flatMap((signal) => guards.areas[signal] ?? []);
  const guardsChanged = digestOf(guards) !== digestOf(plan.guards);
  const scope = { allowed, prefix: change.prefix, planFile, guardsChanged };
  const { result, findings, changed, outside } = scopeDrift(parseRawDiff(change.raw), scope);
  const { base, head } = change;
  const changes = sha256(change.raw);
  const facts = { base, head, areas: what.signals, changed, outside, changes };
  return { result, findings, body: { kind: 'guard', review: null, ...result, scope: facts } };
}

/** Names the signals that failed in the newest review: what a repair may be about. */
export async function failingSignals({ ledger }: Workspace): Promise<readonly Signal[]> {
  const review = await ledger.latest('review');
  const records = await ledger.records();
  const parts = review === undefined ? [] : partRecords(review, records);
  const found = parts.flatMap(({ body }): readonly Signal[] => {
    if (body.kind === 'document-check') return body.outcome === 'pass' ? [] : ['document'];
    if (body.kind === 'smoke') return body.outcome === 'pass' ? [] : ['smoke'];
    return body.kind === 'budget-verdict' && body.verdict !== 'ok' ? ['budget'] : [];
  });
  const gaps = (review?.body.usage.gaps ?? []).length > 0 ? (['usage'] as const) : [];
  return SIGNALS.filter((signal) => [...found, ...gaps].includes(signal));
}

/** Compares how this run stands in the world with the last hosted one that was recorded. */
export async function guardEnvironment(workspace: Workspace): Promise<Guarded> {
  const { ledger, plan } = workspace;
  const fingerprint = await fingerprintOf(workspace);
  const hosted = await ledger.latest(
    'guard',
    // What failed is no reference: else the second run of a bent environment would pass.
    ({ body }) => body.environment?.ci === true && body.outcome === 'pass',
  );
  const { result, findings } = environmentMismatch(
    fingerprint,
    hosted?.body.environment,
    plan.guards.environment.tolerate,
  );
  const against = hosted?.ref ?? null;
  const environment = fingerprint as RecordOf<'guard'>['environment'] & object;
  return {
    result,
    findings,
    body: { kind: 'guard', review: null, ...result, environment, against },
  };
}

/** Compares the plan and the requests of its smoke tests with what a role has accepted. */
export async function guardFallback(workspace: Workspace): Promise<Guarded> {
  const { ledger, loaded } = workspace;
  const accepted = await ledger.latest('plan-accept');
  const smoke = await ledger.records({ kind: 'smoke', from: accepted?.index ?? 0 });
  const sent = smoke.filter(({ body }) => body.requests > 0);
  const requests = [...new Set(sent.map(({ body }) => body.smoke))].flatMap((id) => {
    const own = sent.filter(({ body }) => body.smoke === id).map(({ body }) => body);
    const [reviewed] = own;
    const now = own.at(-1);
    return reviewed === undefined || now === undefined
      ? []
      : [{ reviewed: effectiveOf(reviewed), now: effectiveOf(now) }];
  });
  const { result, findings } = unreviewedFallback({
    plan: loaded.fileDigest,
    accepted: accepted?.body.file,
    requests,
    planFile: basename(loaded.path),
  });
  const against = accepted?.ref ?? null;
  return { result, findings, body: { kind: 'guard', review: null, ...result, against } };
}

/**
 * Records that a role has read the plan as it stands.
 *
 * @throws {AppError} `usage` for a role that the plan does not have.
 */
export async function acceptPlan(
  workspace: Workspace,
  by: string,
): Promise<StoredRecord<RecordOf<'plan-accept'>>> {
  const { ledger, loaded, plan } = workspace;
  const roles = plan.owners.map(({ id }) => id);
  if (!roles.includes(by)) throw unknownName('role', by, roles);
  const earlier = await ledger.latest('plan-accept');
  const record = itemAt(
    await workspace.record<RecordOf<'plan-accept'>>([
      { kind: 'plan-accept', file: loaded.fileDigest, from: earlier?.body.file ?? null, by },
    ]),
    0,
  );
  return record;
}

/**
 * Records the environment before anything is asked, when the plan names a lockfile or variables: what a run said in another
 * environment must not count as what the hosted one says.
 */
export async function recordEnvironment(
  run: ReviewRun,
): Promise<readonly StoredRecord<RecordOf<'guard'>>[]> {
  const { environment } = run.workspace.plan.guards;
  if (environment.lockfile === undefined && environment.flags.length === 0) return [];
  const { body } = await guardEnvironment(run.workspace);
  return await recordParts(run, [{ ...body, review: run.id }]);
}

/** Judges the fallback in a review of a team that accepts its plans; who never did has agreed to nothing yet. */
export async function recordFallback(
  run: ReviewRun,
): Promise<readonly StoredRecord<RecordOf<'guard'>>[]> {
  if ((await run.workspace.ledger.latest('plan-accept')) === undefined) return [];
  const { body } = await guardFallback(run.workspace);
  return await recordParts(run, [{ ...body, review: run.id }]);
}

const effectiveOf = ({
  smoke,
  effective,
  baseRequest,
  credential,
  fixture,
}: RecordOf<'smoke'>) => ({ smoke, effective, baseRequest, credential, fixture });

async function guardsAt(
  { root, ports, plan }: Workspace,
  { base, prefix }: { readonly base: string; readonly prefix: string },
  planFile: string,
): Promise<Workspace['plan']['guards']> {
  const text = await readFileAt(root, { commit: base, path: `${prefix}${planFile}` }, ports.env);
  const parsed =
    text === undefined
      ? undefined
      : parsePlan(text, {
          file: planFile,
          adapters: ADAPTER_FACTS,
          today: ports.clock.now().slice(0, 10),
        });
  if (parsed?.kind === 'ok') return parsed.plan.guards;
  // Without a plan at the base nothing was agreed: no area is allowed, and every file is outside.
  return { ...plan.guards, areas: {} };
}

async function fingerprintOf(workspace: Workspace): Promise<Fingerprint> {
  const { plan, loaded, ports, ledger, root } = workspace;
  const { lockfile, flags } = plan.guards.environment;
  const refs = plan.smoke
    .filter(({ enabled }) => enabled)
    .map(({ request }) => request.auth.secret);
  return takeFingerprint({
    env: ports.env,
    nodeArguments: ports.nodeArguments ?? [],
    lockfile: lockfile === undefined ? null : await digestOfFile(join(root, lockfile)),
    plan: loaded.fileDigest,
    flags,
    credentials: await Promise.all(refs.map(async (ref) => await readOrNone(ref, ports))),
    mac: (value) => ledger.mac(value),
  });
}

/** A bent environment is what the guard is to tell of; that its secrets are not read is no reason to stop. */
async function readOrNone(ref: SecretRef, { secrets }: Ports): Promise<string | undefined> {
  try {
    return await secrets.read(ref);
  } catch (error) {
    if (error instanceof AppError && error.code === 'secret-exposed') return undefined;
    throw error;
  }
}

async function digestOfFile(path: string): Promise<string | null> {
  try {
    return sha256(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

const digestOf = (value: unknown): string =>
  sha256(canonicalJson(JSON.parse(JSON.stringify(value)) as Json));
