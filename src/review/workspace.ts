import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  AppError,
  type Digest,
  digestHex,
  type Instant,
  type Ports,
  VERSION,
} from '../core/index.ts';
import {
  type GateRegistry,
  type Ledger,
  openLedger,
  type RecordBody,
  type RecordContext,
  type StoredRecord,
} from '../evidence/index.ts';
import { findPlan, type LoadedPlan, loadPlan, type Plan } from '../plan/index.ts';
import { ADAPTER_FACTS } from '../usage/index.ts';
import { homeFolder } from './home.ts';
import { registryOf } from './registry-of.ts';

/** How to find the plan and who acts. */
export interface WorkspaceOptions {
  readonly cwd: string;
  /** Default: `spendproof.yaml` in the folder or above it. */
  readonly config: string | undefined;
  /** Default: the plan's owner. */
  readonly operator: string | undefined;
}

/** The plan, the ledger and the folders of one project, opened together. */
export interface Workspace {
  readonly ports: Ports;
  readonly loaded: LoadedPlan;
  readonly plan: Plan;
  /** The folder that holds the plan. */
  readonly root: string;
  /** `.spendproof` beside the plan. */
  readonly state: string;
  readonly home: string;
  readonly operator: string;
  readonly ledger: Ledger;
  /** Appends one record and adds its leaf hash to `parts`. */
  readonly record: <B extends RecordBody>(
    parts: Digest[],
    body: B,
    extra?: RecordExtra,
  ) => Promise<StoredRecord<B> | undefined>;
}

/** What one append may need beside the body. */
export interface RecordExtra {
  /** Values that must not occur in the record: secrets, lines of prompts and answers. */
  readonly needles?: readonly string[];
  /** Appends nothing when this holds on the newest head: how a notice is claimed once. */
  readonly unless?: (records: readonly StoredRecord[]) => boolean;
}

/**
 * Opens the project: loads the plan and the ledger, and keeps the expanded plan by digest for `report` and `reproduce`.
 *
 * @throws {AppError} `plan-*` for a bad plan, `ledger-missing` before `init`, `usage` for an operator that is no owner.
 */
export async function openWorkspace(options: WorkspaceOptions, ports: Ports): Promise<Workspace> {
  const loaded = await openPlan(options, ports);
  const { plan } = loaded;
  const state = join(loaded.folder, '.spendproof');
  const home = homeFolder(ports.env);
  const operator = operatorOf(plan, options.operator);
  const ledger = await openLedger({ folder: join(state, 'ledger'), home }, ports);
  const workspace: Workspace = {
    ports,
    loaded,
    plan,
    root: loaded.folder,
    state,
    home,
    operator,
    ledger,
    record: async (parts, body, extra = {}) => {
      await keepPlan(workspace);
      const stored = await ledger.append([body], {
        context: contextOf(workspace),
        registry: await gateRegistry(workspace),
        ...extra,
      });
      for (const one of stored) parts.push(one.ref);
      return stored[0] as never;
    },
  };
  return workspace;
}

/** Loads the plan alone, for commands that need no ledger. */
export async function openPlan(options: WorkspaceOptions, ports: Ports): Promise<LoadedPlan> {
  const path = await findPlan(options.cwd, { config: options.config, env: ports.env });
  return await loadPlan(path, { adapters: ADAPTER_FACTS, today: ports.clock.now().slice(0, 10) });
}

function operatorOf(plan: Plan, wanted: string | undefined): string {
  const operator = wanted ?? plan.owner;
  if (plan.owners.some(({ id }) => id === operator)) return operator;
  throw new AppError('usage', {
    message: `Expected the operator to be an owner of the plan, got ${JSON.stringify(operator)}`,
    hint: `Owners are: ${plan.owners.map(({ id }) => id).join(', ')}.`,
  });
}

function contextOf({ ports, operator, loaded }: Workspace): RecordContext {
  return {
    at: ports.clock.now() satisfies Instant,
    operator,
    plan: loaded.planDigest,
    planFile: loaded.fileDigest,
    tool: VERSION,
  };
}

async function gateRegistry({ plan, ledger }: Workspace): Promise<GateRegistry> {
  return await registryOf(plan, ledger);
}

/** Keeps the expanded plan by its digest, once: renderers need its titles and wordings long after it has changed. */
async function keepPlan({ state, loaded }: Workspace): Promise<void> {
  const path = join(state, 'inputs', `${digestHex(loaded.planDigest)}.json.gz`);
  try {
    await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(join(state, 'inputs'), { recursive: true });
    await writeFile(`${path}.tmp`, gzipSync(loaded.canonical));
    await rename(`${path}.tmp`, path);
  }
}
