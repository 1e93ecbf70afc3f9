import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { instantFromMs } from '../../src/core/index.ts';
import { commitLeaves } from '../../src/evidence/commit-leaves.ts';
import {
  createLedger,
  type LedgerPorts,
  nodeFiles,
  proveRecord,
} from '../../src/evidence/index.ts';
import { layoutOf } from '../../src/evidence/layout.ts';
import { LedgerHead } from '../../src/evidence/ledger-head.ts';
import { signerFromSeed } from '../../src/evidence/note.ts';
import { publish } from '../../src/evidence/publish.ts';
import { accept, options, ORIGIN } from '../fixtures/evidence/world.ts';

/**
 * Writes ledgers with the product's own writer and has the Go program verify each: `write-ledgers FOLDER VERIFIER`.
 *
 * Entries that are no records (up to 65,535 bytes of anything) go past the gate, which holds records to 8 KiB, straight
 * to the commit protocol.
 */
const [root = '', verifier = ''] = process.argv.slice(2);
const BATCH = 1024;
let seed = 1;
const ports: LedgerPorts = {
  clock: { now: () => instantFromMs(Date.now()), ms: () => Date.now() },
  // What is judged here are bytes; that they survive a crash is judged by test/torture.
  files: {
    ...nodeFiles(),
    writeNew: (path, data, mode) => writeFile(path, data, { flag: 'wx', mode: mode ?? 0o644 }),
    syncFolder: async () => undefined,
  },
  random: { bytes: (count) => Uint8Array.from({ length: count }, next) },
};

/** A repeatable stream of bytes (xorshift32): a failure can be looked at again. */
function next(): number {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return seed & 0xff;
}

const entry = (length: number): Uint8Array => Uint8Array.from({ length }, next);

/** Says which lengths an entry bundle must carry: nothing, one byte, the most that a uint16 can say. */
const lengthOf = (index: number): number => [0, 1, 65_535, 65_534][index] ?? 40 + (next() % 90);

async function writeRaw(name: string, sizes: readonly number[]): Promise<void> {
  const layout = layoutOf(join(root, name));
  for (const folder of [layout.commits, layout.temps, layout.checkpoints, layout.keys]) {
    mkdirSync(folder, { recursive: true });
  }
  const signer = signerFromSeed('example.com/raw', new Uint8Array(32).fill(5));
  writeFileSync(join(layout.keys, 'log.vkey'), `${signer.verifier.vkey}\n`);
  const head = new LedgerHead(layout, ports.files);
  await head.load(0);
  const writer = { head, ports, all: async () => [] };
  let published = 0;
  for (const size of sizes) {
    while (head.size < size) {
      const count = Math.min(BATCH, size - head.size);
      const first = head.size;
      const leaves = Array.from({ length: count }, (_, at) => entry(lengthOf(first + at)));
      await commitLeaves(writer, leaves, undefined);
    }
    await publish(head, { published, size }, signer, ports);
    published = size;
    if (sizes.length < 10) judge('ledger', layout.folder, join(layout.keys, 'log.vkey'));
  }
  judge('ledger', layout.folder, join(layout.keys, 'log.vkey'));
}

/** A ledger of real records, through the gate, with a proof of each. */
async function writeRecords(name: string, count: number): Promise<void> {
  const folder = join(root, name);
  const home = join(root, `${name}-home`);
  const ledger = await createLedger({ folder, home, origin: ORIGIN }, ports);
  for (let n = 0; n < count; n += 1) {
    await ledger.append([accept(n)], options);
    if (n % 7 === 0) await ledger.publish();
  }
  await ledger.close();
  const key = readdirSync(join(folder, 'keys')).find((file) => file.startsWith('log-')) ?? '';
  const vkey = join(folder, 'keys', key);
  judge('ledger', folder, vkey);
  for (const { ref, index } of await ledger.records()) {
    if (index % 40 !== 0) continue;
    const path = join(root, `${name}-${index}.tlog-proof`);
    writeFileSync(path, await proveRecord(ledger, ref, ports));
    judge('proof', path, vkey);
    if (index === 0) refuses(folder, path, vkey);
  }
}

/** What the judge lets pass says something only if it also refuses. */
function refuses(folder: string, proof: string, vkey: string): void {
  const tile = join(folder, 'tile/0/000');
  const bytes = readFileSync(tile);
  writeFileSync(tile, bytes.toReversed());
  mustFail('ledger', folder, vkey);
  writeFileSync(tile, bytes);
  const text = readFileSync(proof, 'utf8');
  writeFileSync(proof, text.replace('index 0', 'index 1'));
  mustFail('proof', proof, vkey);
  writeFileSync(proof, text);
}

function judge(...argv: readonly string[]): void {
  process.stdout.write(execFileSync(verifier, argv, { encoding: 'utf8' }));
}

function mustFail(...argv: readonly string[]): void {
  try {
    execFileSync(verifier, argv, { stdio: 'pipe' });
  } catch {
    return;
  }
  throw new Error(`Expected the verifier to refuse: ${argv.join(' ')}`);
}

await writeRaw(
  'every-size',
  Array.from({ length: 1101 }, (_, size) => size),
);
await writeRaw('boundaries', [255, 256, 257, 65_535, 65_536, 65_537]);
await writeRecords('records', 300);
