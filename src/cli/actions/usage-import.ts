import { basename, resolve } from 'node:path';
import { AppError, type Json, suggest, terminalText } from '../../core/index.ts';
import type { PlanExport } from '../../plan/index.ts';
import { count } from '../../report/index.ts';
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

/** Imports what is new of the chosen exports and says what was left out. */
export async function importNow(
  call: Call,
  { workspace, store }: OpenedUsage,
  what: Chosen,
): Promise<CommandResult> {
  const { plan, ports } = workspace;
  const chosen = chooseExports(plan.exports, what);
  const lines: string[] = [];
  const data: Json[] = [];
  for (const one of chosen) {
    const files = await filesOf(call, workspace, { one, file: what.file });
    ports.log.progress(`usage ${one.id}`);
    for (const { result, record } of await importExport(workspace, store, {
      export: one,
      files,
      now: ports.clock.now(),
    })) {
      lines.push(...importLines(result, record?.ref));
      data.push({
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
      });
    }
  }
  return { exit: 0, data, text: lines.join('\n'), notes: ['Next: spendproof review'] };
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
      `${terminalText(basename(file))}: ${count(rows)} rows would be accepted at most, ${count(quarantined)} left out`,
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
