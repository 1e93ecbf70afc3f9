import { lstat, readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, resolve, sep } from 'node:path';
import { AppError, systemCode } from '../../core/index.ts';
import { type LintContext, type LintFinding, lintText } from './lint-text.ts';

/** A larger file is no runbook. */
const FILE_BYTES_MAX = 5 * 1024 * 1024;
const FILES_MAX = 10_000;

const SYNTAXES: Readonly<Record<string, 'data' | 'markdown'>> = {
  '.json': 'data',
  '.markdown': 'markdown',
  '.md': 'markdown',
  '.mdx': 'markdown',
  '.yaml': 'data',
  '.yml': 'data',
};
const LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', 'package-lock.json']);

/** Holds what a lint of files found. */
export interface FilesLinted {
  readonly findings: readonly LintFinding[];
  readonly files: number;
  /** Statements that a waiver allows. */
  readonly waived: number;
  /** Files that could not be read, with why: an evidence gap, never a pass. */
  readonly unread: readonly { readonly file: string; readonly why: string }[];
}

/**
 * Looks through files and folders: Markdown, YAML and JSON. In a folder hidden names and `node_modules` are left out.
 *
 * @param paths as the user named them, relative to `cwd`.
 * @throws {AppError} `file-missing` for a named path that does not exist, `usage` for a named file of another kind.
 */
export async function lintFiles(
  paths: readonly string[],
  { cwd, ...context }: LintContext & { readonly cwd: string },
): Promise<FilesLinted> {
  const files = new Set<string>();
  for (const path of paths)
    for (const file of await filesAt(resolve(cwd, path), path)) files.add(file);
  if (files.size > FILES_MAX) {
    throw new AppError('usage', {
      message: `Expected at most ${FILES_MAX} files, got ${files.size}`,
    });
  }
  const findings: LintFinding[] = [];
  const unread: { file: string; why: string }[] = [];
  let waived = 0;
  for (const path of [...files].toSorted()) {
    const file = shownName(cwd, path);
    const text = await readText(path);
    if (text.kind === 'unread') unread.push({ file, why: text.why });
    else {
      const syntax = SYNTAXES[extname(path).toLowerCase()] ?? 'markdown';
      const result = lintText({ file, text: text.text, syntax }, context);
      findings.push(...result.findings);
      waived += result.waived;
    }
  }
  return { findings, files: files.size - unread.length, waived, unread };
}

async function filesAt(path: string, named: string): Promise<readonly string[]> {
  const found = await statOf(path, named);
  if (found.isDirectory()) return await filesBelow(path);
  if (SYNTAXES[extname(path).toLowerCase()] !== undefined) return [path];
  throw new AppError('usage', {
    message: `Expected Markdown, YAML or JSON, got ${JSON.stringify(named)}`,
    hint: `Files end in ${Object.keys(SYNTAXES).join(', ')}.`,
  });
}

async function statOf(path: string, named: string) {
  try {
    return await lstat(path);
  } catch (cause) {
    throw new AppError('file-missing', {
      message: `Expected ${JSON.stringify(named)} to exist`,
      file: named,
      cause,
    });
  }
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.') || LEFT_OUT.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await filesBelow(path)));
    else if (entry.isFile() && SYNTAXES[extname(path).toLowerCase()] !== undefined)
      files.push(path);
  }
  return files;
}

/** Written with `/` on every system, as annotations want it. */
const shownName = (cwd: string, path: string): string => relative(cwd, path).split(sep).join('/');

type ReadText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unread'; readonly why: string };

async function readText(path: string): Promise<ReadText> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > FILE_BYTES_MAX) {
      return { kind: 'unread', why: `larger than ${FILE_BYTES_MAX / 1024 / 1024} MiB` };
    }
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError) return { kind: 'unread', why: 'not UTF-8' };
    const code = systemCode(error);
    if (code === undefined) throw error;
    return { kind: 'unread', why: code };
  }
}
