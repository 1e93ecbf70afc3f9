import type { OptionValues } from 'commander';
import { type AppError, type ExitStatus, redactSecrets, terminalText } from '../core/index.ts';
import { codeOf } from './seal-process.ts';
import type { World } from './world.ts';

/** Says what went wrong, where and how to mend it; never a value that looks like a secret. */
export function writeError(
  command: string,
  error: AppError,
  options: OptionValues,
  world: World,
): ExitStatus {
  const isJson = options['json'] === true || options['format'] === 'json';
  if (isJson) world.stdout.write(envelopeOf(command, error));
  else world.stderr.write(textOf(error));
  if (!isJson && world.env['SPENDPROOF_DEBUG'] === '1') world.stderr.write(`${stackOf(error)}\n`);
  return error.exit;
}

function envelopeOf(command: string, error: AppError): string {
  const { message, hint, file, line, column, details = [] } = error.content;
  const found = {
    code: error.code,
    message: clean(message),
    ...(file === undefined ? {} : { file: clean(file) }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { col: column }),
    ...(hint === undefined ? {} : { hint: clean(hint) }),
    ...(details.length === 0 ? {} : { details: details.flatMap(linesOf) }),
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
  return `${JSON.stringify(envelope, null, 2)}\n`;
}

function textOf(error: AppError): string {
  const { message, hint, details = [] } = error.content;
  const lines = [
    `error[${error.code}]${placeOf(error)} ${clean(withoutPlace(error, message))}`,
    ...details.flatMap(linesOf),
    ...(hint === undefined ? [] : [`  ${clean(hint)}`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** A message that names the file needs no place but a line. */
function placeOf({ content: { file, line, column, message } }: AppError): string {
  if (file === undefined || (line === undefined && message.includes(file))) return '';
  return ` ${clean(file)}${line === undefined ? '' : `:${line}:${column ?? 1}`}`;
}

/** Where the place names the file, the message need not begin with it. */
function withoutPlace({ content: { file, line } }: AppError, message: string): string {
  const prefix = `${file ?? ''}: `;
  return file !== undefined && line !== undefined && message.startsWith(prefix)
    ? message.slice(prefix.length)
    : message;
}

const linesOf = (detail: string): readonly string[] => detail.split('\n').map(clean);

const clean = (text: string): string => terminalText(redactSecrets(text));

/** Says where, and of which kind: the message of a cause can quote what was sent, in no shape that anybody knows. */
function stackOf(error: AppError): string {
  const { cause } = error.content;
  const thrown = cause instanceof Error ? cause : error;
  const stack = (thrown.stack ?? '').replace(thrown.message, '');
  const frames = stack.split('\n').filter((line) => /^ {4}at .{1,500}:\d+:\d+\)?$/.test(line));
  return (
    clean(`${thrown.name} (${codeOf(thrown)})`) +
    frames.map((frame) => `\n${clean(frame)}`).join('')
  );
}
