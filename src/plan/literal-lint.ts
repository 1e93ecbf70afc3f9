import { type Finding, finding } from './diagnostic.ts';
import {
  findClaimFacts,
  findProviderFacts,
  PROVIDER_FACT_WORDS,
  type ProviderFactKind,
} from './provider-facts.ts';
import { findSecrets } from './secret-shapes.ts';
import { commentsOf } from './syntax.ts';
import { childrenOf, type Path } from './tree.ts';

/**
 * Finds literals that a plan must not hold, in its values, keys and comments: what looks like a secret, and statements
 * that only a provider's document may make (product.md, "The plan").
 */
export function checkLiterals(raw: unknown, text: string): readonly Finding[] {
  return [...valuesOf(raw, []).flatMap(valueFindings), ...commentFindings(text)];
}

interface Literal {
  readonly path: Path;
  readonly on: 'key' | 'value';
  readonly text: string;
}

function valuesOf(value: unknown, path: Path): readonly Literal[] {
  if (typeof value === 'string') return [{ path, on: 'value', text: value }];
  return childrenOf(value).flatMap(([key, child]) => {
    const at = [...path, key];
    const own = typeof key === 'string' ? [{ path: at, on: 'key' as const, text: key }] : [];
    return [...own, ...valuesOf(child, at)];
  });
}

function valueFindings({ path, on, text }: Literal): readonly Finding[] {
  const secret = findSecrets(text).find(({ isGuess }) => !isGuess || !isOpaquePlace(path));
  if (secret !== undefined) return [secretFinding(path, secret.shape, on)];
  if (on === 'key' || isAmountPlace(path)) return [];
  const facts = isClaimPlace(path) ? findClaimFacts(text) : findProviderFacts(text);
  const fact = facts.find(({ kind }) => isForeign(kind, path));
  return fact === undefined ? [] : [factFinding(path, fact.kind)];
}

function secretFinding(path: Path, shape: string, on: 'key' | 'value'): Finding {
  return finding('secret-literal', path, `this looks like a secret (${shape})`, {
    on,
    hint: 'write a reference: { env: NAME }, { file: PATH } or { command: [PROGRAM] }',
  });
}

function factFinding(path: Path, kind: ProviderFactKind): Finding {
  const message = `this states ${PROVIDER_FACT_WORDS[kind]}, which only a provider's document may`;
  return finding('provider-fact', path, message, { hint: 'name the document instead' });
}

function commentFindings(text: string): readonly Finding[] {
  return commentsOf(text).flatMap(({ text: comment, offset }) => {
    const secret = findSecrets(comment)[0];
    if (secret !== undefined) {
      const span = [offset + secret.start, offset + secret.end] as const;
      return [{ ...secretFinding([], secret.shape, 'value'), span, hint: 'remove it' }];
    }
    // An amount alone may be the team's own budget; with a unit it is a price.
    const fact = findProviderFacts(comment).find(({ kind }) => kind !== 'money');
    if (fact === undefined) return [];
    const span = [offset + fact.start, offset + fact.end] as const;
    return [{ ...factFinding([], fact.kind), span }];
  });
}

/** A pinned digest and the ids that exports use for keys and projects look random and are no secrets. */
function isOpaquePlace(path: Path): boolean {
  const isDigest = path.at(-1) === 'sha256' && path.at(-2) === 'pinned';
  return isDigest || path.some((segment) => OPAQUE_KEYS.has(segment));
}

const OPAQUE_KEYS: ReadonlySet<unknown> = new Set(['scope', 'when', 'where']);

const AMOUNT_KEYS: ReadonlySet<unknown> = new Set(['amount', 'minAmount', 'minChange', 'target']);
const isAmountPlace = (path: Path): boolean => AMOUNT_KEYS.has(path.at(-1));

/** What a claim says about a page, and how it may be worded, outlives the page: there a number of the provider has no place. */
function isClaimPlace(path: Path): boolean {
  return path[0] === 'documents' && path[2] === 'claims' && !ADDRESS_KEYS.has(path.at(-1));
}

/** Paths, hosts and statuses hold digits that say nothing of a provider's terms. */
const ADDRESS_KEYS: ReadonlySet<unknown> = new Set([
  'host',
  'path',
  'status',
  'to',
  'id',
  'method',
]);

/** An amount of money in a budget's title is the team's own; in a document or claim it is the provider's. */
function isForeign(kind: ProviderFactKind, path: Path): boolean {
  return kind !== 'money' || path[0] === 'documents';
}
