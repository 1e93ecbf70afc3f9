import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  AppError,
  canonicalJson,
  digestHex,
  type Json,
  type Ports,
  type SecretRef,
  VERSION,
} from '../core/index.ts';
import {
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
import { writeWhole } from './write-whole.ts';

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
  /** Appends records in one commit; an empty list when `unless` held. */
  readonly record: <B extends RecordBody>(
    bodies: readonly B[],
    extra?: RecordExtra,
  ) => Promise<readonly StoredRecord<B>[]>;
}

/** What one append may need beside the bodies. */
export interface RecordExtra {
  /** Values that must not occur in the record: secrets, lines of prompts and answers. */
  readonly needles?: readonly string[];
  /** Names from outside the plan that were typed by the operator: a case, a commit. */
  readonly aliases?: readonly string[];
  /** Appends nothing when this holds on the newest head: how a notice is claimed once. */
  readonly unless?: (records: readonly StoredRecord[]) => boolean;
}

/**
 * Opens the project: loads the plan and the ledger.
 *
 * @throws {AppError} `plan-*` for a bad plan, `ledger-missing` before `init`, `usage` for an operator that is no owner.
 */
export async function openWorkspace(options: WorkspaceOptions, ports: Ports): Promise<Workspace> {
  const loaded = await openPlan(options, ports);
  const { plan, folder } = loaded;
  const state = join(folder, '.spendproof');
  const home = homeFolder(ports.env);
  const operator = operatorOf(plan, options.operator);
  const ledger = await openLedger({ folder: join(state, 'ledger'), home }, ports);
  const registry = registryOf(plan);
  // A reference of the plan means the same wherever the command is run.
  const secrets = { read: async (ref: SecretRef) => await ports.secrets.read(ref, folder) };
  return {
    ports: { ...ports, secrets },
    loaded,
    plan,
    root: folder,
    state,
    home,
    operator,
    ledger,
    record: async <B extends RecordBody>(bodies: readonly B[], extra: RecordExtra = {}) => {
      if (bodies.length === 0) return [];
      await keepPlan(state, loaded);
      const context = contextOf(ports, operator, loaded);
      const { aliases = [], ...options } = extra;
      const stored = await ledger.append(bodies, {
        context,
        registry: { ...registry, aliases: new Set(aliases) },
        ...options,
      });
      // The ledger gives the records back in the order of the bodies that it was given.
      return stored as readonly StoredRecord<B>[];
    },
  };
}

/**
 * Loads the plan alone, for commands that need no ledger.
 *
 * @throws {AppError} `plan-*` for a bad plan, `usage` for an operator that is named and is no owner.
 */
export async function openPlan(options: WorkspaceOptions, ports: Ports): Promise<LoadedPlan> {
  const path = await findPlan(options.cwd, { config: options.config, env: ports.env });
  const today = ports.clock.now().slice(0, 10);
  const loaded = await loadPlan(path, { adapters: ADAPTER_FACTS, today });
  operatorOf(loaded.plan, options.operator);
  return loaded;
}

function operatorOf(plan: Plan, wanted: string | undefined): string {
  const operator = wanted ?? plan.owner;
  if (plan.owners.some(({ id }) => id === operator)) return operator;
  throw new AppError('usage', {
    message: `Expected the operator to be an owner of the plan, got ${JSON.stringify(operator)}`,
    hint: `Owners are: ${plan.owners.map(({ id }) => id).join(', ')}.`,
  });
}

function contextOf(ports: Ports, operator: string, loaded: LoadedPlan): RecordContext {
  return {
    at: ports.clock.now(),
    operator,
    plan: loaded.planDigest,
    planFile: loaded.fileDigest,
    tool: VERSION,
  };
}

/** Keeps the expanded plan by its digest, once: renderers need its titles and wordings long after it has changed. */
async function keepPlan(state: string, { planDigest, plan }: LoadedPlan): Promise<void> {
  const path = join(state, 'inputs', `${digestHex(planDigest)}.json.gz`);
  try {
    await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const json = JSON.parse(JSON.stringify(plan)) as Json;
    await writeWhole(path, gzipSync(canonicalJson(json)));
  }
}
