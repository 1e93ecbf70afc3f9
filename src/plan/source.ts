import {
  type Document,
  isMap as isYamlMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
} from 'yaml';
import { itemAt } from '../core/index.ts';
import type { Diagnostic, Finding } from './diagnostic.ts';
import { rangeOf } from './node-range.ts';
import { maskSecrets } from './secret-shapes.ts';
import { type Path, pathText } from './tree.ts';

/** Holds a plan's text, its parsed form and where lines begin. */
export interface PlanSource {
  /** The name that diagnostics show. */
  readonly file: string;
  /** Without a byte order mark. */
  readonly text: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

/** Gives a finding its place in the text: the key, the value, or the first line of the nearest parent that exists. */
export function placed(source: PlanSource, found: Finding): Diagnostic {
  const [start, end] = found.span ?? spanOf(source, found.path, found.on);
  const { line, col } = source.lines.linePos(start);
  const { severity, code, rule, message, hint } = found;
  return {
    severity,
    code,
    rule,
    file: source.file,
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    endColumn: Math.max(col, 1) + Math.max(lengthOnLine(source.text, start, end), 1),
    path: maskSecrets(pathText(found.path)),
    message: maskSecrets(message),
    ...(hint === undefined ? {} : { hint: maskSecrets(hint) }),
  };
}

type Span = readonly [number, number];

function spanOf(source: PlanSource, path: Path, on: 'key' | 'value'): Span {
  const { node, key, depth } = walk(source.document.contents, path);
  if (on === 'key' && depth === path.length && key !== undefined) return rangeOf(key);
  return rangeOf(node ?? key);
}

interface Step {
  readonly node: Node | undefined;
  readonly key: Node | undefined;
  readonly depth: number;
}

function walk(root: Node | null, path: Path): Step {
  let step: Step = { node: root ?? undefined, key: undefined, depth: 0 };
  for (const segment of path) {
    const next = childStep(step, segment);
    if (next === undefined) break;
    step = next;
  }
  return step;
}

function childStep(step: Step, segment: string | number): Step | undefined {
  const { node } = step;
  const depth = step.depth + 1;
  if (isSeq<Node>(node) && typeof segment === 'number') {
    const item = node.items[segment];
    return item === undefined ? undefined : { node: item, key: undefined, depth };
  }
  if (!isYamlMap<Node, Node | null>(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment));
  // A key without a value has none: the key stands for both.
  return pair === undefined ? undefined : { node: pair.value ?? pair.key, key: pair.key, depth };
}

function lengthOnLine(text: string, start: number, end: number): number {
  return itemAt(text.slice(start, end).split('\n', 1), 0).trimEnd().length;
}
