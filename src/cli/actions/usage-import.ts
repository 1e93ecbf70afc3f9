import { basename, resolve } from 'node:path';
import {
  AppError,
  type ExitStatus,
  type Json,
  redactSecrets,
  suggest,
  terminalText,
  worstExit,
} from '../../core/index.ts';
import type { PlanExport } from '../../plan/index.ts';
import { count, countOf } from '../../report/index.ts';
import { importExport, type Workspace } from '../../review/index.ts';
import { findFiles, look, type LookResult, type UsageStore } from '../../usage/index.ts';
import { lookJson } from '../show/look.ts';
import { importFindings, importLines } from '../show/usage.ts';
import type { Call, CommandResult } from '../world.ts';

/** The project and its store, opened together. */
export interface OpenedUsage {
  readonly workspace: Workspace;
  readonly store: UsageStore;
}

/** Exports that were named, and one file for one of them. */
export interface Chosen {
  readonly ids: readonly string[];
  readonly file: string | undefined;
}

/**
 * Imports what is new of the chosen exports and says what was left out. One that cannot be read is told among the others,
 * which are imported all the same; alone it is an error.
 */
export async function importNow(
  call: Call,
  opened: OpenedUsage,
  what: Chosen,
): Promise<CommandResult> {
  const chosen = chooseExports(opened.workspace.plan.exports, what);
  const parts: Part[] = [];
  for (const one of chosen) {
    try {
      parts.push(await importOne(call, opened, { one, file: what.file }));
    } catch (error) {
      if (chosen.length === 1 || !isOfOneExport(error)) throw error;
      parts.push(failedPart(one, error));
    }
  }
  return {
    exit: worstExit(parts.map(({ exit }) => exit)),
    data: parts.flatMap(({ data }) => data),
    text: parts.flatMap(({ lines }) => lines).join('\n'),
    notes: ['Next: spendproof review'],
  };
}

/** What is to be said of one export. */
interface Part {
  readonly exit: ExitStatus;
  readonly lines: readonly string[];
  readonly data: readonly Json[];
}

async function importOne(
  call: Call,
  { workspace, store }: OpenedUsage,
  { one, file }: { readonly one: PlanExport; readonly file: string | undefined },
): Promise<Part> {
  const { ports } = workspace;
  const files = await filesOf(call, workspace, { one, file });
  ports.log.progress(`usage ${one.id}`);
  const done = await importExport(workspace, store, { export: one, files, now: ports.clock.now() });
  return {
    exit: 0,
    lines: done.flatMap(({ result, record }) => importLines(result, record?.ref)),
    data: done.map(({ result, record }) => ({
      kind: result.kind,
      export: result.export,
      manifest: result.manifest,
      record: record?.ref ?? null,
      accepted: result.accepted,
      quarantined: result.quarantined,
      duplicate: result.duplicate,
      superseded: result.superseded,
      ...importFindings(result),
      content: result.content,
    })),
  };
}

/** A broken ledger or a fault of ours is no matter of one export. */
const isOfOneExport = (error: unknown): error is AppError =>
  error instanceof AppError && ![1, 7, 130].includes(error.exit);

function failedPart({ id }: PlanExport, { code, exit, content }: AppError): Part {
  const { message, hint } = content;
  return {
    exit,
    lines: [
      `${id}: nothing imported: error[${code}] ${terminalText(redactSecrets(message))}`,
      ...(hint === undefined ? [] : [`  ${terminalText(redactSecrets(hint))}`]),
    ],
    data: [{ kind: 'failed', export: id, code, message: redactSecrets(message) }],
  };
}

/** Reads the files as an import would, and changes nothing. */
export async function lookOnly(
  call: Call,
  workspace: Workspace,
  what: Chosen,
): Promise<CommandResult> {
  const results: LookResult[] = [];
  for (const one of chooseExports(workspace.plan.exports, what)) {
    const files = await filesOf(call, workspace, { one, file: what.file });
    const { adapter, table, zone } = one;
    const options = {
      adapter,
      ...(table === undefined ? {} : { mapping: table }),
      ...(zone === undefined || zone === 'unknown' ? {} : { zone }),
    };
    results.push(...(await look(files, options, workspace.ports)));
  }
  const lines = results.map(
    ({ file, rows, quarantined }) =>
      `${terminalText(basename(file))}: ${countOf(rows, 'row')} would be accepted at most, ${count(quarantined)} left out`,
  );
  return {
    exit: 0,
    data: lookJson(results),
    text: lines.join('\n'),
    notes: ['Nothing was imported.'],
  };
}

async function filesOf(
  call: Call,
  { root }: Workspace,
  { one, file }: { readonly one: PlanExport; readonly file: string | undefined },
): Promise<readonly string[]> {
  const files = file === undefined ? await findFiles(root, one.path) : [resolve(call.cwd, file)];
  if (files.length > 0) return files;
  throw new AppError('export-unreadable', {
    message: `Expected files of ${one.id} at ${one.path}, found none`,
    hint: 'Save an export there, or mend `path` in the plan.',
  });
}

function chooseExports(
  exports: readonly PlanExport[],
  { ids, file }: Chosen,
): readonly PlanExport[] {
  const known = exports.map(({ id }) => id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    // A file that no approval covers is not read, whatever it holds.
    throw new AppError('approval-missing', {
      message: `Expected an export that the plan approves, got ${JSON.stringify(unknown)}`,
      hint: `The plan approves: ${known.join(', ') || 'none'}${nearOf(unknown, known)}.`,
    });
  }
  const chosen = ids.length === 0 ? exports : exports.filter(({ id }) => ids.includes(id));
  if (file !== undefined && chosen.length !== 1) {
    throw new AppError('usage', {
      message: `Expected one export with --file, got ${chosen.length}`,
      hint: `Name one of: ${known.join(', ')}.`,
    });
  }
  if (chosen.length === 0)
    throw new AppError('approval-missing', {
      message: 'The plan approves no export; nothing else is read',
      hint: 'Run `spendproof init --from FILE`, or add `exports` to the plan.',
    });
  return chosen;
}

function nearOf(word: string, known: readonly string[]): string {
  const near = suggest(word, known);
  return near === undefined ? '' : `; did you mean ${near}`;
}
