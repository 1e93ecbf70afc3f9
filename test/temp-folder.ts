import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'spendproof-tests-';
/** No run takes that long: what is older belongs to a run that was killed. */
const LEFT_BEHIND_MS = 24 * 60 * 60 * 1000;

/**
 * Gives all tests of a run one folder for their temporary files, and removes it with whatever they left there.
 *
 * It goes at the end, passed or failed, and when the run is interrupted. A kill leaves it to a run a day later, and so does
 * whoever still writes into it: what tests found does not depend on who sweeps up after them.
 */
export function setup(): () => void {
  removeLeftBehind(tmpdir());
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  process.env['TMPDIR'] = folder;
  const remove = () => removeFolder(folder);
  process.once('exit', remove);
  return () => {
    process.off('exit', remove);
    remove();
  };
}

function removeLeftBehind(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(parent, name);
    const changed = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - changed > LEFT_BEHIND_MS) removeFolder(folder);
  }
}

/** A worker that is being stopped may still write while its folder goes, hence the further attempts. */
function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    process.stderr.write(`${folder} is left behind: ${String(error)}\n`);
  }
}
