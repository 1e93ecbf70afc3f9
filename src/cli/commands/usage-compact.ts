import { shortDigest } from '../../core/index.ts';
import type { Command } from 'commander';
import type { Json } from '../../core/index.ts';
import { count } from '../../report/index.ts';
import { compactUsage, unknownName } from '../../review/index.ts';
import type { Act } from '../command.ts';
import { inUsage, type UsageCall } from '../with-usage.ts';
import type { CommandResult } from '../world.ts';

/** Adds `usage compact`: many small files become few, recorded in the ledger. */
export function buildCompact(command: Command, act: Act): void {
  command
    .command('compact')
    .description(
      'write the files of exports anew as few; the ledger records it, old states stay readable',
    )
    .argument('[exports...]', 'exports of the plan; default: all')
    .action(async (ids: string[]) => await inUsage(act, async (of) => await compact(of, ids)));
}

async function compact(
  { workspace, store }: UsageCall,
  ids: readonly string[],
): Promise<CommandResult> {
  const { exports } = workspace.plan;
  const known = exports.map(({ id }) => id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) throw unknownName('export', unknown, known);
  const lines: string[] = [];
  const data: Json[] = [];
  for (const one of exports.filter(({ id }) => ids.length === 0 || ids.includes(id))) {
    const done = await compactUsage(workspace, store, one);
    if (done === undefined) {
      lines.push(`${one.id}: nothing to put together`);
      continue;
    }
    const { before, after, rows, record } = done;
    lines.push(
      `${one.id}: ${count(before)} files are ${count(after)} now, ${count(rows)} rows  record ${shortDigest(record.ref)}…`,
    );
    data.push({ export: one.id, before, after, rows, record: record.ref });
  }
  return { exit: 0, data, text: lines.join('\n') };
}
