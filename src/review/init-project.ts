import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type Ports } from '../core/index.ts';
import { createLedger, keyFolder, keyMissing, openLedger, readKeys } from '../evidence/index.ts';
import { acceptPlan, PLAN_FILE, planJsonSchema } from '../plan/index.ts';
import { ADAPTER_FACTS } from '../usage/index.ts';
import { homeFolder } from './home.ts';
import { openPlan, type WorkspaceOptions } from './workspace.ts';

/** What `init` made; names of what stood already are not in it. */
export interface InitResult {
  readonly made: readonly string[];
  /** The folder of the keys; outside the project. */
  readonly keys: string;
}

/**
 * Makes a project of a folder: the plan (unless there is one), its JSON Schema for editors, `.gitignore`, the ledger and its
 * keys. What stands already is left as it is.
 *
 * @throws {AppError} `plan-schema` and its like for a text that is no plan, before anything is written.
 */
export async function initProject(
  folder: string,
  planText: string,
  ports: Ports,
): Promise<InitResult> {
  const made: string[] = [];
  // A plan that cannot be read back would stand in the way of the next try.
  acceptPlan(planText, PLAN_FILE, {
    adapters: ADAPTER_FACTS,
    today: ports.clock.now().slice(0, 10),
  });
  if (await writeOnce(join(folder, PLAN_FILE), planText)) made.push(PLAN_FILE);
  const schema = `${JSON.stringify(planJsonSchema(), null, 1)}\n`;
  if (await writeOnce(join(folder, 'spendproof.schema.json'), schema))
    made.push('spendproof.schema.json');
  if (await ignoreState(folder)) made.push('.gitignore');
  const options = { cwd: folder, config: join(folder, PLAN_FILE), operator: undefined };
  const ledger = await makeLedger(options, ports);
  if (ledger.made) made.push('.spendproof/ledger');
  return { made, keys: ledger.folder };
}

/**
 * Makes the ledger of a plan and its keys, or finds both in place.
 *
 * @throws {AppError} `key-missing` when the ledger was made on another machine: its keys must be brought from there.
 */
export async function makeLedger(
  options: WorkspaceOptions,
  ports: Ports,
): Promise<{ readonly folder: string; readonly made: boolean }> {
  const loaded = await openPlan(options, ports);
  const home = homeFolder(ports.env);
  const folder = join(loaded.folder, '.spendproof', 'ledger');
  const origin = await existingOrigin(folder, ports);
  if (origin === undefined) {
    const random = Buffer.from(ports.random.bytes(4)).toString('hex');
    const fresh = `spendproof.local/${loaded.plan.team.slice(0, 32)}-${random}`;
    await mkdir(folder, { recursive: true });
    const ledger = await createLedger(
      { folder, home, origin: fresh, operator: loaded.plan.owner },
      ports,
    );
    await ledger.close();
    return { folder: keyFolder(home, fresh), made: true };
  }
  const keys = keyFolder(home, origin);
  if ((await readKeys({ home, origin }, ports)) !== undefined) return { folder: keys, made: false };
  throw keyMissing(origin, keys);
}

async function existingOrigin(folder: string, ports: Ports): Promise<string | undefined> {
  try {
    return (await openLedger({ folder }, ports)).origin;
  } catch (error) {
    if (error instanceof AppError && error.code === 'ledger-missing') return undefined;
    throw error;
  }
}

async function writeOnce(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Keeps state out of commits: the ledger holds no secret, but inputs and page texts are the team's own business. */
async function ignoreState(folder: string): Promise<boolean> {
  const path = join(folder, '.gitignore');
  const line = '.spendproof/';
  try {
    const text = await readFile(path, 'utf8');
    if (text.split(/\r?\n/).includes(line)) return false;
    await appendFile(path, `${text.endsWith('\n') || text === '' ? '' : '\n'}${line}\n`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await writeFile(path, `${line}\n`);
  }
  return true;
}
