import { AppError, shortDigest } from '../core/index.ts';
import { compareSizes, type ExportName, EXPORTS, openLedger } from '../evidence/index.ts';
import { ledgerFolder } from './ledger-folder.ts';
import { readSize } from './ledger-proof.ts';
import type { Call, CommandResult } from './world.ts';

/** Shows what a ledger gained between two sizes. */
export async function compare(call: Call, from: string, to: string): Promise<CommandResult> {
  const ledger = await openLedger({ folder: await ledgerFolder(call) }, call.ports);
  const found = await compareSizes(ledger, [readSize(from), readSize(to)], call.ports.files);
  const added = found.added.map(({ ref, index, context, body }) => ({
    index,
    record: ref,
    at: context.at,
    kind: body.kind,
    operator: context.operator,
  }));
  const lines = added.map(({ index, record, at, kind }) =>
    [`+ ${String(index).padStart(6)}`, shortDigest(record), at, kind].join('  '),
  );
  const { proof } = found;
  return {
    exit: 0,
    data: { from: found.from, to: found.to, proof: [...proof], added },
    text: [
      `  ${found.from.size} entries, root ${found.from.root}`,
      ...lines,
      `  ${found.to.size} entries, root ${found.to.root}`,
      `ok   it only grew: a consistency proof of ${proof.length} hash${proof.length === 1 ? '' : 'es'} holds`,
    ].join('\n'),
  };
}

/** Writes records as lines of JSON. @throws {AppError} `usage` for another form. */
export async function exportAs(call: Call, form: string, from: string): Promise<CommandResult> {
  if (!isExportName(form)) {
    throw new AppError('usage', {
      message: `Expected --as to be one of ${Object.keys(EXPORTS).join(', ')}, got ${JSON.stringify(form)}`,
    });
  }
  const ledger = await openLedger({ folder: await ledgerFolder(call) }, call.ports);
  const records = await ledger.records({ from: readSize(from) });
  const lines = records.flatMap((record) => EXPORTS[form](record) ?? []);
  return {
    exit: 0,
    data: { form, lines },
    text: lines.join('\n'),
    notes: [`${lines.length} lines; copies without a signature, the ledger has the signed ones.`],
  };
}

const isExportName = (text: string): text is ExportName => Object.hasOwn(EXPORTS, text);
