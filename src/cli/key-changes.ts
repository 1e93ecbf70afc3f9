import { AppError } from '../core/index.ts';
import {
  addLogSignature,
  type KeyRing,
  makeNextKey,
  type RecordBody,
  ringOf,
  type RotatedUse,
  settleNextKeys,
  useOfKey,
  writePublicFiles,
} from '../evidence/index.ts';
import type { Workspace } from '../review/index.ts';
import { withWorkspace } from './call.ts';
import type { Call, CommandResult } from './world.ts';

/** Records a public key of another machine; a reviewer's may bring the quorum up to that of the plan. */
export async function enrolKey(call: Call, vkey: string): Promise<CommandResult> {
  return await withWorkspace(call, async (workspace) => {
    const ring = await ringNow(workspace);
    const use = useOfKey(vkey);
    if (use === undefined || vkey.startsWith(`${workspace.ledger.origin}+`)) {
      throw new AppError('usage', {
        message:
          "Expected the verifier key of a reviewer or a runner, got another text or the log's",
      });
    }
    const body = { kind: 'key-event', event: 'enrolled', use, key: vkey } as const;
    const wrong = ring.take(body, workspace.ledger.head().size);
    if (wrong !== undefined) throw new AppError('usage', { message: `Expected to ${wrong}` });
    const wanted = workspace.plan.review.quorum.reviewers;
    const reaches = wanted > ring.quorum && countOf(ring, 'reviewer') >= wanted;
    const bodies: RecordBody[] = [body];
    if (use === 'reviewer' && reaches) bodies.push({ kind: 'policy-change', quorum: wanted });
    return await record(workspace, bodies, `Enrolled the ${use} key ${nameOf(vkey)}`);
  });
}

/** Records that a key no longer counts. @throws {AppError} `usage` for a key that is not there or cannot be missed. */
export async function revokeKey(call: Call, name: string): Promise<CommandResult> {
  return await withWorkspace(call, async (workspace) => {
    const ring = await ringNow(workspace);
    const found = current(ring).filter(
      ({ verifier }) => verifier.vkey === name || verifier.keyId === name,
    );
    const [key] = found;
    if (key === undefined || found.length > 1) {
      throw new AppError('usage', {
        message: `Expected a key that counts in the ledger, got one that fits ${found.length}`,
        hint: 'See `spendproof key list`.',
      });
    }
    const { use } = key;
    const least = use === 'reviewer' ? ring.quorum : 1;
    if (countOf(ring, use) <= least) {
      throw new AppError('usage', {
        message: `Expected another ${use} key beside ${nameOf(key.verifier.vkey)}, which the ledger needs; enrol or rotate first`,
      });
    }
    const body = { kind: 'key-event', event: 'revoked', use, key: key.verifier.vkey } as const;
    return await record(workspace, [body], `Revoked the ${use} key ${nameOf(body.key)}`);
  });
}

/**
 * Replaces the log's or the runner's key of this machine in two commits: the old key enrols the new one, and the new one,
 * once it is in place, revokes the old. Interrupted at any time it can be run again.
 */
export async function rotateKey(call: Call, use: string): Promise<CommandResult> {
  if (use !== 'log' && use !== 'runner') {
    throw new AppError('usage', {
      message: `Expected log or runner, got ${JSON.stringify(use)}`,
      hint: 'A reviewer enrols a new key and the operator revokes the old one.',
    });
  }
  const keys = await withWorkspace(call, async (workspace) => await enrolNext(workspace, use));
  return await withWorkspace(call, async (workspace) => {
    const body = { kind: 'key-event', event: 'revoked', use, key: keys.old } as const;
    return await record(workspace, [body], `Rotated the ${use} key: ${nameOf(keys.next)} counts`);
  });
}

/** Makes the ledger's quorum that of the plan, up or down; lowering it takes the reviewers of the old one. */
export async function matchPlanQuorum(call: Call): Promise<CommandResult> {
  return await withWorkspace(call, async (workspace) => {
    const ring = await ringNow(workspace);
    const wanted = workspace.plan.review.quorum.reviewers;
    const reviewers = countOf(ring, 'reviewer');
    if (reviewers < wanted) {
      throw new AppError('usage', {
        message: `Expected ${wanted} reviewers in the ledger, as review.quorum of the plan says, got ${reviewers}`,
        hint: 'Enrol them first: `spendproof key enrol --key VKEY`.',
      });
    }
    const bodies: RecordBody[] =
      wanted === ring.quorum ? [] : [{ kind: 'policy-change', quorum: wanted }];
    return await record(workspace, bodies, `The quorum is ${wanted}`);
  });
}

async function enrolNext(
  workspace: Workspace,
  use: RotatedUse,
): Promise<{ readonly old: string; readonly next: string }> {
  const { ledger, home, ports } = workspace;
  const place = { home, origin: ledger.origin };
  const signer = await makeNextKey(place, use, ports);
  const next = signer.verifier.vkey;
  const ring = await ringNow(workspace);
  const old = current(ring).find((key) => key.use === use && key.verifier.vkey !== next);
  if (old === undefined) {
    throw new AppError('key-missing', {
      message: `Expected a ${use} key that counts in the ledger, found none; run \`spendproof key enrol\``,
    });
  }
  if (!ring.knows(next)) {
    await workspace.record([{ kind: 'key-event', event: 'rotated', use, key: next }]);
  }
  // Both keys sign the checkpoint that shows the new one: a bridge for those who know only one of them.
  await ledger.publish();
  const rotated = await writePublicFiles(ledger, ports);
  if (use === 'log') await addLogSignature(ledger.folder, { signer, ring: rotated }, ports);
  await settleNextKeys(place, rotated, ports);
  return { old: old.verifier.vkey, next };
}

async function record(
  workspace: Workspace,
  bodies: readonly RecordBody[],
  text: string,
): Promise<CommandResult> {
  const stored = await workspace.record(bodies);
  const ring = await writePublicFiles(workspace.ledger, workspace.ports);
  const first = stored[0]?.index ?? workspace.ledger.head().size;
  const waiting = ring.changes.filter(({ index }) => index >= first);
  const needed = waiting[0]?.needed ?? 0;
  return {
    exit: 0,
    data: { records: stored.map(({ ref }) => ref), quorum: ring.quorum, needed },
    text,
    notes:
      needed === 0
        ? []
        : [
            `The ledger verifies again when ${needed} reviewer${needed === 1 ? ' has' : 's have'} approved it: spendproof cosign --by ROLE --approve`,
          ],
  };
}

const ringNow = async ({ ledger }: Workspace): Promise<KeyRing> => ringOf(await ledger.records());

const current = (ring: KeyRing): KeyRing['keys'] =>
  ring.keys.filter(({ until }) => until === Number.POSITIVE_INFINITY);

const countOf = (ring: KeyRing, use: string): number =>
  current(ring).filter((key) => key.use === use).length;

const nameOf = (vkey: string): string => vkey.split('+').slice(0, 2).join('+');
