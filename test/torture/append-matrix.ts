import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLedger, openLedger, verifyLedger } from '../../src/evidence/index.ts';
import { accept, makeWorld, options, ORIGIN } from '../fixtures/evidence/world.ts';
import {
  aimAt,
  type CallPoint,
  callsBelow,
  FAULTS,
  SYSCALLS,
  type Traced,
  traced,
} from './strace.ts';

/** What a matrix of faults has shown. */
export interface MatrixResult {
  /** Calls on the project's paths, each of which can go wrong. */
  readonly points: number;
  readonly runs: number;
  /** Runs in which the fault came about. */
  readonly hit: number;
  /** What did not hold; empty when all is well. */
  readonly broken: readonly string[];
}

const BATCHES = 3;

/**
 * Appends under faults, each from the same ledger of 255 records, so that tiles and bundles fill up on the way: then opens
 * the ledger again, verifies it, and looks for what was acknowledged.
 *
 * @param program the bundled `append-records.ts`.
 * @param step 1 tries every call with every fault; n tries every n-th combination.
 */
export async function appendMatrix(program: string, step: number): Promise<MatrixResult> {
  const root = mkdtempSync(join(tmpdir(), 'spendproof-torture-'));
  const { ports } = makeWorld();
  const place = { folder: join(root, 'ledger'), home: join(root, 'home') };
  const kept = join(root, 'kept');
  try {
    const ledger = await createLedger({ ...place, origin: ORIGIN }, ports);
    const bodies = Array.from({ length: 252 }, (_, n) => accept(n));
    await ledger.append(bodies, options);
    await ledger.close();
    cpSync(place.folder, join(kept, 'ledger'), { recursive: true });
    cpSync(place.home, join(kept, 'home'), { recursive: true });
    const argv = [process.execPath, program, place.folder, place.home];
    const plain = traced(['-e', `trace=${SYSCALLS.join(',')}`], argv);
    if (plain.status !== 0) throw new Error(`Expected a run without faults, got ${plain.stderr}`);
    const { points, paths } = callsBelow(plain.trace, [place.folder, place.home]);
    const broken: string[] = [];
    let [runs, hit, turn] = [0, 0, 0];
    for (const point of points) {
      for (const fault of FAULTS) {
        turn += 1;
        if (turn % step !== 0) continue;
        for (const name of ['ledger', 'home']) {
          rmSync(join(root, name), { recursive: true, force: true });
          cpSync(join(kept, name), join(root, name), { recursive: true });
        }
        const ended = traced(aimAt(point, fault, paths), argv);
        runs += 1;
        if (cameAbout(ended, fault)) hit += 1;
        const wrong = await judge(place, ended, ports);
        if (wrong !== undefined) broken.push(`${nameOf(point)} ${fault}: ${wrong}`);
      }
    }
    return { points: points.length, runs, hit, broken };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Tells whether a run met its fault. */
export const cameAbout = (ended: Traced, fault: string): boolean =>
  fault === 'signal=KILL'
    ? ended.trace.includes('killed by SIGKILL')
    : ended.trace.includes('(INJECTED)');

/** Names a call for messages. */
export const nameOf = ({ syscall, occurrence }: CallPoint): string => `${syscall} ${occurrence}`;

async function judge(
  place: { readonly folder: string; readonly home: string },
  ended: Traced,
  ports: ReturnType<typeof makeWorld>['ports'],
): Promise<string | undefined> {
  const acknowledged = new Set(ended.stdout.split('\n'));
  try {
    const again = await openLedger(place, ports);
    const contents = new Set(
      (await again.records({ kind: 'accept' })).map(({ body }) => body.content),
    );
    for (let batch = 0; batch < BATCHES; batch += 1) {
      const present = [0, 1].filter((n) => contents.has(accept(1000 + batch * 2 + n).content));
      if (present.length === 1) return `batch ${batch} is half there`;
      if (present.length === 0 && acknowledged.has(String(batch))) {
        return `batch ${batch} was acknowledged and is gone`;
      }
    }
    await again.append([accept(5000)], options);
    await again.close();
  } catch (error) {
    return `it does not open again: ${error instanceof Error ? error.message : String(error)}`;
  }
  const { problems } = await verifyLedger(place, ports);
  return problems[0] === undefined ? undefined : `${problems[0].code}: ${problems[0].message}`;
}
