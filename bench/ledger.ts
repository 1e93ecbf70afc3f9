import { spawnSync } from 'node:child_process';
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instantFromMs } from '../src/core/index.ts';
import { signEnvelope } from '../src/evidence/dsse.ts';
import { commitLeaves } from '../src/evidence/commit-leaves.ts';
import { passGate } from '../src/evidence/gate.ts';
import { createLedger, nodeFiles, openLedger, verifyLedger } from '../src/evidence/index.ts';
import { readKeys } from '../src/evidence/keys.ts';
import { layoutOf } from '../src/evidence/layout.ts';
import { LedgerHead } from '../src/evidence/ledger-head.ts';
import { accept, options, ORIGIN } from '../test/fixtures/evidence/world.ts';
import { type Figure, median } from './figure.ts';

const SINGLES = 200;
const BATCHES = 60;
const BATCH = 64;
const RECORDS = Number(process.env['BENCH_LEDGER_RECORDS'] ?? 100_000);
const GOAL = 2;
const NEEDLES = 6;

const files = nodeFiles();
const ports = {
  clock: { now: () => instantFromMs(Date.now()), ms: () => Date.now() },
  files,
  random: { bytes: (count: number) => new Uint8Array(randomBytes(count)) },
};

/** Measures commits against bare fsync-and-link, the gate by itself, and verification against bare hashes and signatures. */
export async function figures(): Promise<readonly Figure[]> {
  const root = mkdtempSync(join(tmpdir(), 'spendproof-bench-'));
  try {
    return [
      await commits(root, 1, SINGLES),
      await commits(root, BATCH, BATCHES),
      gate(),
      ...(await verification(root)),
    ];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The envelopes have passed the gate already, which has a figure of its own; the product and the bare loop take turns. */
async function commits(root: string, size: number, count: number): Promise<Figure> {
  const place = { folder: join(root, `commit-${size}`), home: join(root, `home-${size}`) };
  await (await createLedger({ ...place, origin: ORIGIN }, ports)).close();
  const bare = join(root, `bare-${size}`);
  mkdirSync(bare);
  const head = new LedgerHead(layoutOf(place.folder), files);
  await head.load(3);
  const writer = { head, ports, all: async () => [] };
  const ours: number[] = [];
  const reference: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const leaves = await envelopes(place, n * size, size);
    const bytes = Buffer.concat(leaves);
    reference.push(await timeOf(() => bareCommit(bare, n, bytes)));
    ours.push(await timeOf(() => commitLeaves(writer, leaves, undefined)));
  }
  const what = size === 1 ? 'single commits' : `commits of ${size}`;
  return figure(`ledger: ${what}, ms`, median(ours), median(reference));
}

async function bareCommit(folder: string, n: number, bytes: Uint8Array): Promise<void> {
  const temp = join(folder, `${n}.tmp`);
  await files.writeNew(temp, bytes);
  await files.link(temp, join(folder, String(n)));
  await files.remove(temp);
  await files.syncFolder(folder);
}

async function envelopes(
  place: { readonly home: string },
  from: number,
  count: number,
): Promise<Uint8Array[]> {
  const keys = await readKeys({ home: place.home, origin: ORIGIN }, ports);
  if (keys === undefined) throw new Error('Expected the keys of the bench');
  return Array.from({ length: count }, (_, n) => {
    const passed = passGate({ context: options.context, body: accept(from + n) }, bounds([]));
    if (passed.kind !== 'passed') throw new Error(`Expected to pass the gate: ${passed.rule}`);
    return signEnvelope(Buffer.from(passed.text), keys.runner);
  });
}

const bounds = (needles: readonly string[]) => ({
  origin: ORIGIN,
  registry: options.registry,
  needles,
});

/** The gate has no bare loop to stand beside; its bound is the design's: about 2 ms for a record with six needles. */
function gate(): Figure {
  const needles = Array.from({ length: NEEDLES }, () => randomBytes(24).toString('hex'));
  const times: number[] = [];
  for (let n = 0; n < 200; n += 1) {
    const start = process.hrtime.bigint();
    passGate({ context: options.context, body: accept(n) }, bounds(needles));
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  return figure(`ledger: gate with ${NEEDLES} needles, ms a record`, median(times), 2);
}

async function verification(root: string): Promise<readonly Figure[]> {
  const small = await writeLedger(root, RECORDS / 10);
  const large = await writeLedger(root, RECORDS);
  const leaf = Math.round(large.bytes / RECORDS);
  const before = bareVerification(Math.floor(RECORDS / 2), leaf);
  const start = process.hrtime.bigint();
  const verdict = await verifyLedger(large.place, ports);
  const took = Number(process.hrtime.bigint() - start) / 1e6;
  if (!verdict.ok) {
    throw new Error(`Expected a ledger that verifies: ${verdict.problems[0]?.message}`);
  }
  const after = bareVerification(RECORDS - Math.floor(RECORDS / 2), leaf);
  return [
    figure(`ledger: verify ${RECORDS} records, ms`, took, before + after),
    figure(
      `ledger: memory to verify ${RECORDS} records, MB, against a tenth of them`,
      memoryOf(large.place.folder),
      memoryOf(small.place.folder),
    ),
  ];
}

async function writeLedger(
  root: string,
  records: number,
): Promise<{ readonly place: { folder: string; home: string }; readonly bytes: number }> {
  const place = { folder: join(root, `of-${records}`), home: join(root, `home-of-${records}`) };
  await (await createLedger({ ...place, origin: ORIGIN }, ports)).close();
  const head = new LedgerHead(layoutOf(place.folder), files);
  await head.load(3);
  let bytes = 0;
  for (let from = 0; from < records; from += 1000) {
    const leaves = await envelopes(place, from, Math.min(1000, records - from));
    for (const leaf of leaves) bytes += leaf.byteLength;
    await commitLeaves({ head, ports, all: async () => [] }, leaves, undefined);
  }
  await (await openLedger(place, ports)).close();
  return { place, bytes };
}

/** The most memory that the command line takes to verify a folder, in MB. */
function memoryOf(folder: string): number {
  const tell = "process.on('exit',()=>process.stderr.write('rss '+process.resourceUsage().maxRSS))";
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(tell)}`,
      'dist/main.js',
      'ledger',
      'verify',
      '--ledger',
      folder,
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`Expected a ledger that verifies: ${stderr}`);
  return Number(/rss (\d+)/.exec(stderr)?.[1]) / 1024;
}

/** What nobody can leave out: the hash of each leaf, the nodes above, and the signature of each. */
function bareVerification(count: number, length: number): number {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = createPublicKey(publicKey.export({ format: 'pem', type: 'spki' }));
  const leaves = Array.from({ length: 64 }, () => randomBytes(length));
  const signatures = leaves.map((leaf) => sign(null, leaf, privateKey));
  const start = process.hrtime.bigint();
  for (let n = 0; n < count; n += 1) {
    const leaf = leaves[n % 64] ?? Buffer.alloc(0);
    const hash = createHash('sha256').update(leaf).digest();
    createHash('sha256').update(hash).update(hash).digest();
    if (!verify(null, leaf, key, signatures[n % 64] ?? Buffer.alloc(0))) throw new Error('bench');
  }
  return Number(process.hrtime.bigint() - start) / 1e6;
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

const figure = (name: string, value: number, reference: number): Figure => ({
  name,
  value: value.toFixed(2),
  reference: reference.toFixed(2),
  ratio: (value / reference).toFixed(2),
  goal: `<= ${GOAL}`,
  ok: value / reference <= GOAL,
});
