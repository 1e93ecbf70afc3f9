import { rm } from 'node:fs/promises';
import { AppError } from '../../../core/index.ts';
import { sqlPath, sqlText, sqlTexts } from './quote.ts';
import { sumTooLarge } from './sum-too-large.ts';

/** One row of an answer: texts, or null. Numbers travel as texts, so that none is rounded. */
export type SqlRow = Readonly<Record<string, string | null>>;

/** Runs SQL in a database that lives in memory and sees only the named places. */
export interface Connection {
  readonly run: (sql: string) => Promise<void>;
  readonly rows: (sql: string) => Promise<readonly SqlRow[]>;
  /** How much of the running statement is done, from 0 to 1; undefined where none runs or the engine cannot tell. */
  readonly share: () => number | undefined;
  readonly close: () => Promise<void>;
}

/** Where the engine may read and write. */
export interface Reach {
  /** Single files that may be read. */
  readonly files: readonly string[];
  /** Folders that may be read and written. */
  readonly folders: readonly string[];
  /** Where it spills when memory runs out; removed at the end. */
  readonly spill: string;
}

/**
 * Opens the engine with two threads at most, 400 MB, no extension loading and no other file or network access.
 */
export async function openConnection(reach: Reach): Promise<Connection> {
  const { default: engine } = await import('@duckdb/node-api');
  const instance = await engine.DuckDBInstance.create(':memory:', {
    ...LIMITS,
    temp_directory: reach.spill,
  });
  const connection = await instance.connect();
  const folders = [...reach.folders, reach.spill].map((path) => `${path}/`);
  const settings = [
    "SET TimeZone = 'UTC'",
    // The engine counts from the start, and others draw.
    'SET enable_progress_bar = true',
    'SET enable_progress_bar_print = false',
    'SET progress_bar_time = 0',
    `SET allowed_directories = [${sqlTexts(folders)}]`,
    // A reader asks for a path as the pattern that stands for it alone: see `sqlPath`.
    `SET allowed_paths = [${reach.files.flatMap((path) => [sqlText(path), sqlPath(path)]).join(', ')}]`,
    'SET enable_external_access = false',
    'SET lock_configuration = true',
  ];
  await connection.run(settings.join('; '));
  return {
    run: async (sql) => {
      await connection.run(sql);
    },
    rows: async (sql) => {
      const reader = await answerOf(connection.runAndReadAll(sql));
      // Almost every answer is made of texts, and is taken as it stands.
      const rows = reader.getRowObjects();
      return rows.every(isTextRow) ? rows : reader.getRowObjectsJson().map(textRow);
    },
    share: () => {
      const { percentage } = connection.progress;
      return percentage < 0 ? undefined : percentage / 100;
    },
    close: async () => {
      connection.closeSync();
      instance.closeSync();
      await rm(reach.spill, { recursive: true, force: true });
    },
  };
}

/** The only sums that overflow are those of outside numbers. */
async function answerOf<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const isOverflow = error instanceof Error && /Overflow in HUGEINT/i.test(error.message);
    throw isOverflow ? sumTooLarge(error) : error;
  }
}

// Reads of 1,000,000 rows stay under 700 MB of the process with this (bench/import.ts).
const LIMITS = {
  threads: '2',
  memory_limit: '400MB',
  preserve_insertion_order: 'false',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
};

const isTextRow = (row: Readonly<Record<string, unknown>>): row is SqlRow =>
  Object.values(row).every((value) => value === null || typeof value === 'string');

function textRow(row: Record<string, unknown>): SqlRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value === null ? null : textOf(value)]),
  );
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TypeError('Cast every column of an answer to text');
}

/** Turns an engine's message into an error with a code; bad input becomes what the caller says. */
export function engineError(error: unknown, whenInput: AppError): AppError {
  const message = error instanceof Error ? error.message : String(error);
  if (/no space left|ENOSPC|disk full/i.test(message)) {
    return new AppError('disk-full', {
      message: 'There was no space left while usage was written; nothing was imported',
      hint: 'Free some space and run the command again.',
      cause: error,
    });
  }
  if (/permission denied|read-only file system/i.test(message)) {
    return new AppError('file-not-writable', {
      message: 'The folder of the usage store cannot be written',
      hint: 'Make the .spendproof folder writable for this user.',
      cause: error,
    });
  }
  if (/out of memory|maximum_object_size|maximum line size/i.test(message)) {
    return new AppError(whenInput.code, {
      ...whenInput.content,
      message: `${whenInput.content.file ?? 'A file'} has more in one piece than may be in memory at once`,
      hint: 'Write its rows one a line, for example with jq -c ".data[]" FILE > rows.jsonl, or export fewer days a file.',
      cause: error,
    });
  }
  return whenInput;
}
