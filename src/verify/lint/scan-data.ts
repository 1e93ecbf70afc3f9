import { itemAt } from '../../core/index.ts';
import { isAlias, isMap, isScalar, isSeq, Lexer, type Node, parseAllDocuments } from 'yaml';
import type { Comment, ScannedFile, TextPiece } from './text-piece.ts';

/** What is nested deeper is not read as data. */
const DEPTH_MAX = 100;

interface Scan {
  readonly text: string;
  readonly pieces: TextPiece[];
  block: number;
}

/**
 * Cuts YAML or JSON into its values, each under its key, and comments; one that cannot be read so is read as code, line by line.
 *
 * A waiver in a comment covers the entry on its own line, or the one below it.
 */
export function scanData(text: string): ScannedFile {
  const documents = parseAllDocuments(text, { logLevel: 'silent', schema: 'core' });
  const isReadable =
    Array.isArray(documents) && documents.every(({ errors }) => errors.length === 0);
  const scan: Scan = { text, pieces: [], block: 0 };
  if (isReadable) {
    for (const { contents } of documents) visit(scan, contents, [], 0);
  } else {
    let offset = 0;
    for (const line of text.split('\n')) {
      scan.block += 1;
      scan.pieces.push({
        text: line.trimEnd(),
        offset,
        place: { kind: 'code' },
        where: 'code',
        block: scan.block,
      });
      offset += line.length + 1;
    }
  }
  const found = isReadable ? commentsOf(text) : [];
  const comments = found.map(({ text: comment, offset }): Comment => {
    return { text: comment, offset, blocks: blocksAt(scan, offset) };
  });
  for (const { text: comment, offset } of found) {
    scan.block += 1;
    const place = { kind: 'prose' } as const;
    scan.pieces.push({ text: comment, offset, place, where: 'prose', block: scan.block });
  }
  return { pieces: scan.pieces, comments };
}

function visit(scan: Scan, node: Node | null, keys: readonly string[], depth: number): void {
  if (node === null || isAlias(node) || depth > DEPTH_MAX) return;
  if (isMap<Node, Node | null>(node)) {
    const names = node.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''));
    // What a request asks for is the team's own choice, so its `max_tokens` states nothing.
    const isRequest = names.some((name) => REQUEST_KEYS.has(name));
    for (const [index, { value }] of node.items.entries()) {
      const name = itemAt(names, index);
      if (isRequest && name.startsWith('max_')) continue;
      visit(scan, value, [...keys, name], depth + 1);
    }
  } else if (isSeq<Node>(node)) {
    for (const item of node.items) visit(scan, item, keys, depth + 1);
  } else if (isScalar(node)) addValue(scan, node, keys);
}

const REQUEST_KEYS: ReadonlySet<string> = new Set(['messages', 'prompt', 'input']);

function addValue(
  scan: Scan,
  { range, value }: { range?: readonly number[] | null | undefined; value: unknown },
  keys: readonly string[],
): void {
  const [start, end] = range ?? [];
  if (start === undefined || end === undefined || !isStated(value)) return;
  scan.block += 1;
  const place = { kind: 'labelled', label: keys.slice(-2).join(' ') } as const;
  const text = scan.text.slice(start, end).replaceAll('\n', ' ');
  scan.pieces.push({ text, offset: start, place, where: 'data', block: scan.block });
}

const isStated = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';

/** The blocks of values that begin on the comment's line, else on the line below. */
function blocksAt({ text, pieces }: Scan, offset: number): readonly number[] {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const endOf = (from: number): number => {
    const end = text.indexOf('\n', from);
    return end < 0 ? text.length : end;
  };
  const between = (start: number, end: number): readonly number[] =>
    pieces.filter((one) => one.offset >= start && one.offset <= end).map(({ block }) => block);
  const own = between(lineStart, offset);
  return own.length > 0 ? own : between(endOf(offset) + 1, endOf(endOf(offset) + 1));
}

/** The lexer of the YAML library announces scalars and ends by control characters that are not in the text. */
function commentsOf(text: string): readonly { readonly text: string; readonly offset: number }[] {
  const comments: { text: string; offset: number }[] = [];
  let offset = 0;
  let afterMark = false;
  for (const token of new Lexer().lex(text)) {
    const isMark = ['\u0002', '\u0018', '\u001f'].includes(token);
    if (!isMark && !afterMark && token.startsWith('#')) {
      comments.push({ text: token.slice(1), offset: offset + 1 });
    }
    if (!isMark) offset += token.length;
    afterMark = token === '\u001f';
  }
  return comments;
}
