import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../core/index.ts';
import type { TableMapping } from '../plan/index.ts';
import type { Adapter, Reading, Shape } from './adapters/adapter.ts';
import { adapterById, ADAPTERS } from './adapters/registry.ts';
import { readCsvHeader } from './csv-header.ts';
import type { Connection } from './engines/duckdb/connection.ts';
import { probeJson, probeParquet } from './engines/duckdb/probe.ts';
import { BegunFile, BlankPage, openError, unreadable, unreadableBytes } from './file-error.ts';
import type { FileScan } from './scan-file.ts';
import { shapeWords, unknownExport } from './unknown-export.ts';

/** A file, the adapter that knows it, and how to read it. */
export interface RecognisedFile {
  readonly path: string;
  readonly name: string;
  readonly adapter: Adapter;
  readonly reading: Reading;
  readonly shape: Shape;
  /** It holds no whole line yet, and is read as another one of its kind: see `BegunFile`. */
  readonly isBegun?: true;
}

/** Narrows recognition to what the plan declares. */
export interface RecogniseOptions {
  readonly adapter?: string;
  readonly mapping?: TableMapping;
}

/**
 * Tells which adapter reads a file, by its header or outer structure; no row is looked at.
 *
 * @throws {AppError} `file-missing`, `export-unreadable` for an empty or broken file, `header-mismatch` when the declared
 * adapter does not know the header, `export-unknown` when none does.
 */
export async function recogniseFile(
  connection: Connection,
  path: string,
  options: RecogniseOptions,
): Promise<RecognisedFile> {
  const name = basename(path);
  const shape = await shapeOf(connection, path, options.mapping);
  if (options.adapter !== undefined) {
    const adapter = adapterById(options.adapter);
    const reading = adapter?.recognise(shape, options.mapping);
    if (adapter !== undefined && reading !== undefined)
      return { path, name, adapter, reading, shape };
    if (shape.kind === 'json' && shape.isBlank === true) throw new BlankPage(name);
    throw mismatch(name, shape, adapter, options.mapping);
  }
  for (const adapter of Object.values<Adapter>(ADAPTERS)) {
    const reading = adapter.recognise(shape, options.mapping);
    if (reading !== undefined) return { path, name, adapter, reading, shape };
  }
  throw unknownExport(name, shape);
}

/**
 * Refuses a CSV whose last quote does not close, or with a gap: the engine drops everything behind them without a word
 * (DuckDB 1.5.6).
 *
 * @throws {AppError} `export-unreadable`.
 */
export function refuseBytes({ name, shape }: RecognisedFile, scan: FileScan): void {
  if (shape.kind === 'csv' && scan.hasOpenQuote)
    throw unreadable(name, 'has a quote that opens and never closes');
  if (shape.kind === 'csv' && scan.hasGap)
    throw unreadable(name, 'has a gap: more than a megabyte of blank lines in one piece');
}

const HEAD_BYTES = 262_144;
const LINE_BYTES_MAX = 16_777_216;

/** Says what a file looks like from outside; see {@link recogniseFile} for its errors. */
export async function shapeOf(
  connection: Connection,
  path: string,
  mapping: TableMapping | undefined,
): Promise<Shape> {
  const name = basename(path);
  const { head, tail, isWhole } = await readEnds(path, name);
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') {
    if (tail !== 'PAR1') throw brokenParquet(name);
    return await probeParquet(connection, path, name);
  }
  const bytes = unreadableBytes(name, head);
  if (bytes !== undefined) throw bytes;
  const text = head.toString('utf8').replace(/^\uFEFF/, '');
  const start = text.trimStart();
  if (start.startsWith('{') || start.startsWith('['))
    return await jsonShape(connection, path, { text, isWhole });
  if (start === '') throw unreadable(name, 'is empty');
  const header = readCsvHeader(text, mapping?.format.delimiter);
  if (header !== undefined) return { kind: 'csv', ...header };
  throw new AppError('header-mismatch', {
    message: `${name}: the first line is no header of distinct, named columns`,
    hint: 'Export the file with its header line.',
    file: name,
    line: 1,
  });
}

async function jsonShape(
  connection: Connection,
  path: string,
  { text, isWhole }: { readonly text: string; readonly isWhole: boolean },
): Promise<Shape> {
  const name = basename(path);
  const start = text.trimStart();
  if (isJsonLines(name) && isWhole && isBeginning(start))
    throw new BegunFile(name, 'holds only the beginning of its first line');
  // A growing file may have one line so far, whatever kind of line it is.
  const keys = isJsonLines(name) ? firstLineKeys(start) : jsonLineKeys(start);
  if (keys !== undefined) return { kind: 'jsonl', header: keys, paths: pathsOf(text) };
  const root = start.startsWith('[') ? 'array' : 'object';
  return await probeJson(connection, { path, name, root });
}

interface Ends {
  readonly head: Buffer;
  readonly tail: string;
  /** The head is all of it. */
  readonly isWhole: boolean;
}

async function readEnds(path: string, name: string): Promise<Ends> {
  let handle;
  try {
    handle = await open(path, 'r');
    const { size } = await handle.stat();
    if (size === 0 && isJsonLines(name)) throw new BegunFile(name, 'is empty');
    if (size === 0) throw unreadable(name, 'is empty');
    const head = await readHead(handle, size, isJsonLines(name));
    const tail = Buffer.alloc(Math.min(4, size));
    await handle.read(tail, 0, tail.length, size - tail.length);
    return { head, tail: tail.toString('latin1'), isWhole: head.length === size };
  } catch (error) {
    throw openError(error, name);
  } finally {
    await handle?.close();
  }
}

const isJsonLines = (name: string): boolean => /\.(jsonl|ndjson)$/i.test(name);

/** The first line of JSON Lines is read whole: it may hold a prompt. */
async function readHead(handle: FileHandle, size: number, isLines: boolean): Promise<Buffer> {
  for (let bytes = HEAD_BYTES; ; bytes *= 8) {
    const head = Buffer.alloc(Math.min(bytes, size));
    await handle.read(head, 0, head.length, 0);
    if (!isLines || head.includes(0x0a) || head.length === size || bytes > LINE_BYTES_MAX)
      return head;
  }
}

const isBeginning = (text: string): boolean => !text.includes('\n') && parsed(text) === undefined;

const firstLineKeys = (text: string) => keysOf(/^[^\r\n]*/.exec(text)?.[0] ?? '');

/** The first line is one whole object and another line follows, or the text ends: JSON Lines, else one JSON value. */
function jsonLineKeys(text: string): readonly string[] | undefined {
  const line = /^(\{[^\r\n]*\})[ \t]*\r?\n\s*\S/.exec(text)?.[1];
  if (line === undefined) return singleLineKeys(text);
  return keysOf(line);
}

function singleLineKeys(text: string): readonly string[] | undefined {
  const line = /^(\{[^\r\n]*\})\s*$/.exec(text)?.[1];
  const keys = line === undefined ? undefined : keysOf(line);
  // One object on one line may be a page as well: only a row has a time of its own.
  return keys?.some((key) =>
    /^(created_at|time|timestamp|ts|date|start|resourceSpans|resourceLogs)/i.test(key),
  )
    ? keys
    : undefined;
}

const PATH_LINES = 200;

/** Session files begin with lines of another kind, so more than the first is looked at. */
function pathsOf(text: string): readonly string[] {
  const lines = text.split('\n', PATH_LINES + 1).slice(0, PATH_LINES);
  const paths = new Set<string>();
  for (const line of lines) {
    const value = line.startsWith('{') ? parsed(line) : undefined;
    if (value !== undefined) addPaths(paths, value, '', 3);
  }
  return [...paths];
}

function addPaths(paths: Set<string>, value: unknown, above: string, depth: number): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth === 0) return;
  for (const [key, inner] of Object.entries(value)) {
    paths.add(`${above}${key}`);
    addPaths(paths, inner, `${above}${key}.`, depth - 1);
  }
}

function keysOf(line: string): readonly string[] | undefined {
  const value = parsed(line);
  return typeof value === 'object' && value !== null ? Object.keys(value) : undefined;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const brokenParquet = (name: string) =>
  unreadable(name, 'is a Parquet file that breaks off before its end');

function mismatch(
  name: string,
  shape: Shape,
  adapter: Adapter | undefined,
  mapping: TableMapping | undefined,
): AppError {
  const header = mapping?.format.header;
  return new AppError('header-mismatch', {
    message: `${name}: expected ${header === undefined ? (adapter?.expects ?? 'a known adapter') : `the header ${header.join(',')}`}, got ${shapeWords(shape)}`,
    hint: 'Check that the export names the right adapter, and that its mapping has the columns of the file.',
    file: name,
    line: 1,
  });
}
