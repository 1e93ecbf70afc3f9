import { writeSync } from 'node:fs';
import { instantFromMs } from '../../src/core/index.ts';
import { nodeFiles, openLedger } from '../../src/evidence/index.ts';
import { accept, NOW_MS, options } from '../fixtures/evidence/world.ts';

/**
 * Appends batches of two and publishes between them; names each batch on stdout once it is acknowledged.
 *
 * Clock and random bytes are the same in every run, so that temporary files have the same names and a fault can be aimed
 * at the n-th call on the ledger's own paths.
 */
const [folder = '', home = ''] = process.argv.slice(2);
let count = 0;
const ports = {
  clock: { now: () => instantFromMs(NOW_MS), ms: () => NOW_MS },
  files: nodeFiles(),
  random: { bytes: (size: number) => Uint8Array.from({ length: size }, () => (count += 1) & 0xff) },
};
const ledger = await openLedger({ folder, home }, ports);
for (let batch = 0; batch < 3; batch += 1) {
  await ledger.append([accept(1000 + batch * 2), accept(1001 + batch * 2)], options);
  writeSync(1, `${batch}\n`);
  if (batch === 0) await ledger.publish();
}
await ledger.close();
writeSync(1, 'closed\n');
