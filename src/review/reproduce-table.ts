import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { AppError, type Digest, type Instant } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import type { Plan, PlanExport } from '../plan/index.ts';
import {
  type ImportSummary,
  openUsageStore,
  parseConversion,
  type UsageStore,
} from '../usage/index.ts';
import { compactBody } from './compact.ts';
import { keptConversion, keptPlan, restoreInput } from './kept-inputs.ts';
import { importBody } from './steps/usage.ts';
import type { Workspace } from './workspace.ts';

type Import = StoredRecord<RecordOf<'import'>>;

/** What a derivation needs and does not find. */
export class MissingInput extends Error {
  override readonly name = 'MissingInput';
  /** Such as `input sha256:…`. */
  readonly missing: readonly string[];

  constructor(...missing: readonly string[]) {
    super('An input of the derivation is missing');
    this.missing = missing;
  }
}

/** The table as one state of the ledger had it. */
export interface TableState {
  readonly store: UsageStore;
  readonly imports: readonly { readonly record: Import; readonly manifest: Digest }[];
  /** False where a kept input is missing, so that the recorded files stand in for a fresh import. */
  readonly fresh: boolean;
}

/** Imports every kept export again, in the order of the ledger, into a store of its own. */
export interface ReplayedTable {
  /** @throws {MissingInput} when the inputs of this import, or of one before it of the same export, are not there. */
  readonly derived: (record: Import) => Promise<RecordOf<'import'>>;
  /** The table of the first import records: imported afresh, or as it was recorded where that cannot be. */
  readonly upTo: (count: number) => Promise<TableState>;
  readonly plan: (digest: string | null) => Promise<Plan>;
  readonly close: () => Promise<void>;
}

interface Done {
  readonly body: RecordOf<'import'>;
  readonly manifest: Digest;
}

/** Opens a replay in a temporary folder that only this user can read. */
export async function replayTable(
  workspace: Workspace,
  imports: readonly Import[],
): Promise<ReplayedTable> {
  const temp = await mkdtemp(join(tmpdir(), 'spendproof-reproduce-'));
  const store = await openUsageStore({ folder: join(temp, 'store') }, workspace.ports);
  const recorded = await openUsageStore({ folder: workspace.state }, workspace.ports);
  const replay = new Replay({ workspace, imports, temp, store, recorded });
  return {
    derived: async (record) => (await replay.importOf(imports.indexOf(record))).body,
    upTo: async (count) => await replay.upTo(count),
    plan: async (digest) => await replay.plan(digest),
    close: async () => {
      await store.close();
      await recorded.close();
      await rm(temp, { recursive: true, force: true });
    },
  };
}

class Replay {
  readonly #parts: ReplayParts;
  readonly #done: Promise<Done>[] = [];
  readonly #plans = new Map<string, Promise<Plan>>();

  constructor(parts: ReplayParts) {
    this.#parts = parts;
  }

  async plan(digest: string | null): Promise<Plan> {
    const { workspace } = this.#parts;
    if (digest === null) throw new MissingInput('plan');
    const known = this.#plans.get(digest) ?? readPlan(workspace, digest as Digest);
    this.#plans.set(digest, known);
    return await known;
  }

  /** Imports in order up to the place; each once. */
  async importOf(place: number): Promise<Done> {
    for (let next = this.#done.length; next <= place; next += 1) {
      const step = this.#import(next);
      // A later import reports its own answer; this one is asked for again when it is needed.
      step.catch(() => undefined);
      this.#done.push(step);
      await Promise.allSettled([step]);
    }
    const done = this.#done[place];
    if (done === undefined) throw new RangeError('Expected an import of this ledger');
    return await done;
  }

  async upTo(count: number): Promise<TableState> {
    const { imports, store, recorded } = this.#parts;
    const wanted = imports.slice(0, count);
    try {
      const fresh = [];
      for (const [place, record] of wanted.entries()) {
        fresh.push({ record, manifest: (await this.importOf(place)).manifest });
      }
      return { store, imports: fresh, fresh: true };
    } catch (error) {
      if (!(error instanceof MissingInput) && !(error instanceof AppError)) throw error;
      const kept = wanted.map((record) => ({ record, manifest: record.body.manifest as Digest }));
      return { store: recorded, imports: kept, fresh: false };
    }
  }

  async #import(place: number): Promise<Done> {
    const { imports, store } = this.#parts;
    const record = imports[place];
    if (record === undefined) throw new RangeError('Expected an import of this ledger');
    const plan = await this.plan(record.context.plan);
    const from = plan.exports.find(({ id }) => id === record.body.export);
    if (from === undefined) throw new MissingInput(`export ${record.body.export} of the plan`);
    if (isCompaction(record)) return await this.#compact(record, from, place);
    const files = await this.#files(record, place);
    const conversion = await this.#conversion(record);
    const result = await store.importExport({
      export: from,
      plan,
      files,
      ...(conversion === undefined ? {} : { conversion }),
      current: await this.#current(place, from),
      now: (record.body.readAt ?? record.context.at) as Instant,
      derives: true,
    });
    return { body: importBody(from, result), manifest: result.manifest };
  }

  /** The files of the replayed table are the recorded ones' counterparts, so the same are put together. */
  async #compact({ body, ref }: Import, from: PlanExport, place: number): Promise<Done> {
    const which = body.compacted ?? 'all';
    const manifests = await this.#current(place, from);
    const done = await this.#parts.store.compact({ export: from.id, manifests, which });
    if (done === undefined) throw new MissingInput(`files that ${ref} put together`);
    const { compacted: _later, ...early } = compactBody(from, done, which);
    const derived = body.compacted === undefined ? early : { ...early, compacted: which };
    return { body: derived, manifest: done.loaded.digest };
  }

  /** The earlier imports of the same export: what the new one is merged with. */
  async #current(place: number, { id }: PlanExport): Promise<readonly Digest[]> {
    const { imports } = this.#parts;
    const earlier: Digest[] = [];
    for (const [index, record] of imports.slice(0, place).entries()) {
      if (record.body.export !== id) continue;
      earlier.push((await this.importOf(index)).manifest);
    }
    return earlier;
  }

  async #files(record: Import, place: number): Promise<readonly string[]> {
    const { workspace, temp, recorded } = this.#parts;
    const { manifest, inputs: few, files: many } = record.body;
    const read = await readBy(recorded, record, await this.plan(record.context.plan));
    if (many !== undefined && read === undefined) throw new MissingInput(`manifest ${manifest}`);
    const inputs = many === undefined ? few : (read?.inputs ?? []);
    const files: string[] = [];
    const missing: string[] = [];
    for (const [index, digest] of inputs.entries()) {
      // The store reads files in the order of their paths; the folder keeps the order of the record.
      const folder = join(temp, 'inputs', String(place), String(index).padStart(5, '0'));
      await mkdir(folder, { recursive: true });
      const path = join(folder, basename(read?.files[index] ?? 'export'));
      const to = { path, bytesMax: INPUT_BYTES_MAX };
      if (await restoreInput(workspace.state, digest as Digest, to)) files.push(path);
      else missing.push(`input ${digest}`);
    }
    if (missing.length > 0) throw new MissingInput(...missing);
    return files;
  }

  async #conversion({ body }: Import) {
    if (body.conversion === undefined) return undefined;
    const { state, ledger } = this.#parts.workspace;
    const text = await keptConversion(state, body.conversion);
    if (text !== undefined && ledger.mac(text) === body.conversion) return parseConversion(text);
    throw new MissingInput(`conversion mac:${body.conversion}`);
  }
}

interface ReplayParts {
  readonly workspace: Workspace;
  readonly imports: readonly Import[];
  readonly temp: string;
  readonly store: UsageStore;
  readonly recorded: UsageStore;
}

/** A kept export that unpacks to more is not one that was imported. */
const INPUT_BYTES_MAX = 4 * 1024 ** 3;

async function readPlan({ state }: Workspace, digest: Digest): Promise<Plan> {
  try {
    return await keptPlan(state, digest);
  } catch (error) {
    if (error instanceof AppError && error.code === 'export-unreadable')
      throw new MissingInput(`plan ${digest}`);
    throw error;
  }
}

const isCompaction = ({ body }: Import): boolean =>
  body.inputs.length === 0 && body.files === undefined;

/** File names, and digests of more files than a record names, stand in the manifest only. */
async function readBy(
  recorded: UsageStore,
  { body }: Import,
  plan: Plan,
): Promise<Pick<ImportSummary, 'files' | 'inputs'> | undefined> {
  try {
    const [summary] = await recorded.list([body.manifest as Digest], plan);
    return summary;
  } catch (error) {
    if (error instanceof AppError && error.code === 'export-unreadable') return undefined;
    throw error;
  }
}
