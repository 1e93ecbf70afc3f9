import { describe, expect, it } from 'vitest';
import { type Ledger, openLedger, createLedger, verifyLedger } from '../../src/evidence/index.ts';
import { accept, fixedClock, options, ORIGIN } from '../fixtures/evidence/world.ts';
import { PowerCut, SimulatedDisk } from './simulated-disk.ts';

const place = { folder: '/project/ledger', home: '/home/keys' };

/** Other names in each process, yet the same in every run, so that a state that breaks can be looked at again. */
let processes = 0;
function worldOn(disk: SimulatedDisk) {
  let count = (processes += 1) * 1_000_003;
  return {
    clock: fixedClock(),
    files: disk.files(),
    random: {
      bytes: (size: number) =>
        Uint8Array.from(
          { length: size },
          () => ((count = (count * 1_103_515_245 + 12_345) % 2 ** 31) >> 16) & 0xff,
        ),
    },
  };
}

function chances(): () => number {
  let seed = 42;
  return () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

const open = (disk: SimulatedDisk) => openLedger(place, worldOn(disk));
const create = (disk: SimulatedDisk) => createLedger({ ...place, origin: ORIGIN }, worldOn(disk));

/** Appends pairs and tells of each that was acknowledged. */
async function work(ledger: Ledger, acknowledge: (pair: number) => void): Promise<void> {
  for (let pair = 0; pair < 3; pair += 1) {
    await ledger.append([accept(1000 + pair * 2), accept(1001 + pair * 2)], options);
    acknowledge(pair);
    if (pair === 0) await ledger.publish();
  }
  await ledger.close();
}

/** Looks at one state of the disk: it opens, what was acknowledged is there, pairs are whole, all of it verifies. */
async function wrongIn(
  disk: SimulatedDisk,
  acknowledged: ReadonlySet<number>,
): Promise<string | undefined> {
  try {
    const ledger = await open(disk);
    const contents = new Set(
      (await ledger.records({ kind: 'accept' })).map(({ body }) => body.content),
    );
    for (let pair = 0; pair < 3; pair += 1) {
      const present = [0, 1].filter((n) =>
        contents.has(accept(1000 + pair * 2 + n).content),
      ).length;
      if (present === 1) return `pair ${pair} is half there`;
      if (present === 0 && acknowledged.has(pair))
        return `pair ${pair} was acknowledged and is gone`;
    }
    await ledger.append([accept(5000)], options);
    await ledger.close();
    const { problems } = await verifyLedger(place, worldOn(disk));
    return problems[0] === undefined ? undefined : `${problems[0].code} ${problems[0].message}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What stood there before anything of ours. */
const BARE = new Map(['/', '/project', '/home'].map((path) => [path, { kind: 'folder' }] as const));

describe('a disk that forgets what was not synced', { timeout: 1_800_000 }, () => {
  it.each([
    ['small', 5, 2, 4],
    ['at the edge of a tile', 250, 11, 1],
  ])('loses nothing acknowledged of a ledger that is %s', async (_size, records, step, most) => {
    const made = new SimulatedDisk(BARE);
    const ledger = await create(made);
    await ledger.append(
      Array.from({ length: records }, (_, n) => accept(n)),
      options,
    );
    await ledger.close();
    const broken: string[] = [];
    let states = 0;
    const chance = chances();
    for (let cutAt = 1; ; cutAt += step) {
      const disk = new SimulatedDisk(made.names, cutAt);
      const acknowledged = new Set<number>();
      const ended = await open(disk)
        .then((opened) => work(opened, (pair) => acknowledged.add(pair)))
        .catch((error: unknown) => error);
      if (ended === undefined) break;
      if (!(ended instanceof PowerCut)) throw ended;
      for (const names of disk.statesAfterCut(chance, most)) {
        states += 1;
        const wrong = await wrongIn(new SimulatedDisk(names), acknowledged);
        if (wrong !== undefined) broken.push(`cut at ${cutAt}: ${wrong}`);
      }
    }
    expect(broken).toEqual([]);
    expect(states).toBeGreaterThan(50);
  });

  it('lets a ledger be made again, or keeps it whole with its keys', async () => {
    const broken: string[] = [];
    let states = 0;
    const chance = chances();
    for (let cutAt = 1; ; cutAt += 3) {
      const disk = new SimulatedDisk(BARE, cutAt);
      const ended = await create(disk).catch((error: unknown) => error);
      for (const names of disk.statesAfterCut(chance, 2)) {
        states += 1;
        const again = new SimulatedDisk(names);
        const made =
          ended instanceof PowerCut ? await create(again).catch((e: unknown) => e) : undefined;
        if (made instanceof Error) broken.push(`cut at ${cutAt}: ${made.message}`);
        const wrong = made instanceof Error ? undefined : await wrongIn(again, new Set());
        if (wrong !== undefined) broken.push(`cut at ${cutAt}: ${wrong}`);
      }
      if (!(ended instanceof PowerCut)) break;
    }
    expect(broken).toEqual([]);
    expect(states).toBeGreaterThan(50);
  });

  it('shows that a folder was not synced: the test can fail', async () => {
    const made = new SimulatedDisk(BARE);
    await (await create(made)).close();
    const disk = new SimulatedDisk(made.names);
    const world = worldOn(disk);
    const files = { ...world.files, syncFolder: async () => undefined };
    const ledger = await openLedger(place, { ...world, files });
    await ledger.append([accept(1000), accept(1001)], options);
    const wrong = [];
    for (const names of disk.statesAfterCut(chances(), 4)) {
      wrong.push(await wrongIn(new SimulatedDisk(names), new Set([0])));
    }
    expect(wrong).toContain('pair 0 was acknowledged and is gone');
  });
});
