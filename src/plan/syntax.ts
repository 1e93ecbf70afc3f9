import {
  type Document,
  isAlias,
  isScalar,
  Lexer,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import type { PlanRule } from './rules.ts';
import { type Finding, finding, quoted } from './diagnostic.ts';
import { rangeOf } from './node-range.ts';
import type { PlanSource } from './source.ts';

/** Holds a plan read as YAML: its raw data, or none when the later phases could only guess. */
export interface SyntaxResult {
  readonly source: PlanSource;
  readonly findings: readonly Finding[];
  readonly raw: unknown;
  readonly isReadable: boolean;
}

/** Holds a comment and where it starts. */
export interface Comment {
  readonly text: string;
  readonly offset: number;
}

/**
 * Reads a plan as YAML 1.2 of the core schema, in which nothing refers to anything else.
 *
 * Anchors, aliases, merge keys, tags and other versions are refused: the text must mean the same to every reader.
 */
export function readSyntax(text: string, file: string): SyntaxResult {
  const lines = new LineCounter();
  const clean = text.replace(/^\uFEFF/, '');
  const document = parseDocument(clean, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    prettyErrors: false,
  });
  const source = { file, text: clean, document, lines };
  const refused = [...refusedForms(document), ...directiveFindings(document), ...nesting(document)];
  const findings = [...yamlFindings(document.errors), ...refused, ...booleanKeys(document)];
  const isReadable =
    refused.length === 0 && document.errors.every(({ code }) => code === 'DUPLICATE_KEY');
  return { source, findings, raw: isReadable ? document.toJS() : undefined, isReadable };
}

/** Lists the comments of a YAML text. */
export function commentsOf(text: string): readonly Comment[] {
  const comments: Comment[] = [];
  let offset = 0;
  let afterMark = false;
  for (const token of new Lexer().lex(text)) {
    const isMark = MARKS.has(token);
    if (!isMark && !afterMark && token.startsWith('#')) comments.push({ text: token, offset });
    if (!isMark) offset += token.length;
    afterMark = token === SCALAR_MARK;
  }
  return comments;
}

// The lexer announces documents, flow ends and scalars by control characters that are not in the text.
const SCALAR_MARK = '\u001f';
const MARKS: ReadonlySet<string> = new Set(['\u0002', '\u0018', SCALAR_MARK]);

function syntaxError(
  rule: PlanRule,
  span: readonly [number, number],
  message: string,
  hint?: string,
): Finding {
  const detail = { code: 'plan-syntax', span, ...(hint === undefined ? {} : { hint }) } as const;
  return finding(rule, [], message, detail);
}

/** A reader mends the first mistakes; the rest of a broken text is noise. */
const ERRORS_MAX = 10;

function yamlFindings(errors: readonly YAMLError[]): readonly Finding[] {
  // Too deep for the parser is too deep for `nesting`, which says it once.
  if (errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return [];
  return errors.slice(0, ERRORS_MAX).map(yamlFinding);
}

function yamlFinding(error: YAMLError): Finding {
  const [start, end] = error.pos;
  if (error.code === 'DUPLICATE_KEY') {
    return syntaxError(
      'duplicate-key',
      [start, end],
      'this key is there twice',
      'keep one of them',
    );
  }
  if (error.code === 'MULTIPLE_DOCS') {
    return syntaxError('yaml', [start, end], 'a plan is one document', 'remove the `---`');
  }
  return syntaxError('yaml', [start, end], `not readable as YAML: ${error.message}`);
}

function refusedForms(document: Document.Parsed): readonly Finding[] {
  const findings: Finding[] = [];
  const refuse = (node: Node, what: string, hint: string): void => {
    findings.push(syntaxError('refused-form', rangeOf(node), `${what} is refused in a plan`, hint));
  };
  visit(document, {
    Alias: (_, node) => refuse(node, 'an alias (`*name`)', 'write the value out'),
    Pair: (_, pair) => {
      if (isScalar(pair.key) && pair.key.value === '<<') {
        refuse(pair.key, 'a merge key (`<<`)', 'write the keys out');
      } else if (!isScalar(pair.key) && !isAlias(pair.key)) {
        const words = 'a key that is no plain text is refused';
        findings.push(syntaxError('refused-form', rangeOf(pair.key), words));
      }
    },
    Node: (_, node) => {
      if (node.anchor !== undefined) refuse(node, 'an anchor (`&name`)', 'write the value out');
      if (node.tag !== undefined && node.tag.startsWith('!')) {
        refuse(node, `a tag (${quoted(node.tag)})`, 'remove the tag');
      }
    },
  });
  return findings;
}

/** A plan has ten levels; each counts twice here, as a pair and as its value. */
const DEPTH_MAX = 64;

function nesting(document: Document.Parsed): readonly Finding[] {
  let deepest: Node | undefined;
  visit(document, {
    Node: (_, node, parents) => {
      if (parents.length <= DEPTH_MAX) return undefined;
      deepest = node;
      return visit.BREAK;
    },
  });
  if (deepest === undefined) return [];
  return [syntaxError('nesting', rangeOf(deepest), TOO_DEEP)];
}

const TOO_DEEP = 'nested too deeply to be a plan';

function directiveFindings(document: Document.Parsed): readonly Finding[] {
  const { yaml, tags } = document.directives;
  const isPlain = yaml.version === '1.2' && Object.keys(tags).length <= 1;
  if (isPlain) return [];
  return [
    syntaxError('refused-form', [0, 1], 'a directive (`%…`) is refused', 'remove the `%` line'),
  ];
}

// https://yaml.org/type/bool.html: a YAML 1.1 reader turns these into true and false.
const BOOLEAN_WORD = /^(?:y|n|yes|no|on|off)$/i;
const INSTEAD: Readonly<Record<string, string>> = { on: 'event', off: 'enabled: false' };

function booleanKeys(document: Document.Parsed): readonly Finding[] {
  const findings: Finding[] = [];
  visit(document, {
    Pair: (_, { key }) => {
      if (!isScalar(key) || typeof key.value !== 'string' || !BOOLEAN_WORD.test(key.value)) return;
      const instead = INSTEAD[key.value.toLowerCase()];
      findings.push(
        syntaxError(
          'boolean-key',
          rangeOf(key),
          `${quoted(key.value)} as a key is true or false to a YAML 1.1 reader`,
          instead === undefined ? 'use another word' : `use another word, such as \`${instead}\``,
        ),
      );
    },
  });
  return findings;
}
