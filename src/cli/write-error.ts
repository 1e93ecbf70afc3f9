import type { OptionValues } from 'commander';
import { type AppError, type ExitStatus, redactSecrets, terminalText } from '../core/index.ts';
import type { World } from './world.ts';

/** Says what went wrong, where and how to mend it; never a value that looks like a secret. */
export function writeError(
  command: string,
  error: AppError,
  options: OptionValues,
  world: World,
): ExitStatus {
  const { message, hint, file, line, column, details } = error.content;
  if (options['json'] === true || options['format'] === 'json') {
    const found = {
      code: error.code,
      message: redactSecrets(message),
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { col: column }),
      ...(hint === undefined ? {} : { hint: redactSecrets(hint) }),
    };
    const envelope = {
      schema: 'spendproof/v1',
      command,
      ok: false,
      exit: error.exit,
      data: null,
      warnings: [],
      errors: [found],
    };
    world.stdout.write(`${JSON.stringify(envelope, null, 2)}\n`);
    return error.exit;
  }
  const place =
    file === undefined
      ? ''
      : ` ${terminalText(file)}${line === undefined ? '' : `:${line}:${column ?? 1}`}`;
  world.stderr.write(`error[${error.code}]${place} ${clean(message)}\n`);
  for (const detail of details ?? []) {
    for (const one of detail.split('\n')) world.stderr.write(`${clean(one)}\n`);
  }
  if (hint !== undefined) world.stderr.write(`  ${clean(hint)}\n`);
  if (world.env['SPENDPROOF_DEBUG'] === '1') world.stderr.write(`${stackOf(error)}\n`);
  return error.exit;
}

const clean = (text: string): string => terminalText(redactSecrets(text));

function stackOf(error: AppError): string {
  const cause = error.content.cause;
  const stack = cause instanceof Error ? cause.stack : error.stack;
  return redactSecrets(stack ?? '');
}
