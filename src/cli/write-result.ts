import type { OptionValues } from 'commander';
import { AppError, type ExitStatus, terminalJson } from '../core/index.ts';
import { formatOf } from './start-call.ts';
import type { CommandResult, World } from './world.ts';

/** Writes a result in the format asked for: data to stdout or `--out`, notes and warnings to stderr. */
export async function writeResult(
  command: string,
  result: CommandResult,
  options: OptionValues,
  world: World,
): Promise<ExitStatus> {
  const text = inFormat(command, result, options);
  if (typeof options['out'] === 'string' && options['out'] !== '-') {
    const { outPath, writeOut } = await import('./out-file.ts');
    await writeOut(outPath(options, world) ?? '', text);
  } else {
    world.stdout.write(text);
  }
  for (const warning of result.warnings ?? []) world.stderr.write(`warning: ${warning}\n`);
  if (options['quiet'] !== true && formatOf(options) === 'table') {
    for (const note of result.notes ?? []) world.stderr.write(`${note}\n`);
  }
  return result.exit;
}

function inFormat(command: string, result: CommandResult, options: OptionValues): string {
  const format = formatOf(options);
  if (format === 'json') {
    const envelope = {
      schema: 'spendproof/v1',
      command,
      ok: result.exit === 0,
      exit: result.exit,
      data: result.data,
      warnings: result.warnings ?? [],
      errors: [],
    };
    return `${terminalJson(JSON.stringify(envelope, null, 2))}\n`;
  }
  if (format === 'table') return withNewline(result.text);
  const written = result.formats?.[format];
  if (written !== undefined) return withNewline(written);
  const known = ['table', 'json', ...Object.keys(result.formats ?? {})].join(', ');
  throw new AppError('usage', {
    message: `${command} cannot be written as ${format}`,
    hint: `This action can be written as: ${known}. It was carried out; only its result was not written.`,
  });
}

const withNewline = (text: string): string =>
  text === '' || text.endsWith('\n') ? text : `${text}\n`;
