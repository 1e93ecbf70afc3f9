import type { OptionValues } from 'commander';
import { AppError, parseInstant, parsePlainDate, suggest } from '../core/index.ts';
import { buildPorts } from './ports.ts';
import { type Call, type Format, FORMATS, type World } from './world.ts';

/** Reads the options that every command understands and builds the ports. */
export function startCall(options: OptionValues, world: World): Call {
  const quiet = options['quiet'] === true;
  const format = formatOf(options);
  const out = text(options['out']);
  // A file that is written from a terminal has neither its width nor its colours.
  const isTerminal = world.stdout.isTerminal === true && (out === undefined || out === '-');
  return {
    ports: { ...buildPorts(world, quiet), ...world.ports },
    cwd: world.cwd,
    global: {
      config: text(options['config']),
      operator: text(options['operator']) ?? world.env['SPENDPROOF_OPERATOR'],
      asOf: asOfText(text(options['asOf'])),
      format,
      out,
      quiet,
      color: options['color'] !== false && world.env['NO_COLOR'] === undefined && isTerminal,
    },
    width: world.stdout.width ?? 80,
    isTerminal,
  };
}

/** Reads `--json` or `--format`. @throws {AppError} `usage` for a format that does not exist. */
export function formatOf(options: OptionValues): Format {
  if (options['json'] === true) return 'json';
  const wanted = text(options['format']) ?? 'table';
  const found = FORMATS.find((format) => format === wanted);
  if (found !== undefined) return found;
  const near = suggest(wanted, FORMATS);
  throw new AppError('usage', {
    message: `Expected --format to be one of ${FORMATS.join(', ')}, got ${JSON.stringify(wanted)}`,
    hint: near === undefined ? 'Leave --format out for plain text.' : `Did you mean ${near}?`,
  });
}

/** Refuses a format that no action of the command has, before it does anything. */
export function refuseFormat(command: string, format: Format, known: readonly Format[]): void {
  if (format === 'table' || format === 'json' || known.includes(format)) return;
  throw new AppError('usage', {
    message: `${command} cannot be written as ${format}`,
    hint: `It can be written as: ${['table', 'json', ...known].join(', ')}.`,
  });
}

/** Refuses a time that nobody can read, also for commands that do not ask for one. */
function asOfText(asOf: string | undefined): string | undefined {
  const isTime =
    asOf === undefined || parsePlainDate(asOf) !== undefined || parseInstant(asOf) !== undefined;
  if (isTime) return asOf;
  throw new AppError('usage', {
    message: `Expected --as-of to be a date or an instant, got ${JSON.stringify(asOf)}`,
    hint: 'Write 2026-11-23 or 2026-11-23T09:00:00Z.',
  });
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;
