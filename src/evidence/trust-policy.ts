import { parseCosignerKey } from './cosignature.ts';
import { type NoteVerifier, parseVerifierKey } from './note.ts';
import { isSameKey } from './note-keys.ts';

const LINES_MAX = 1000;

/** Says whose signatures make a checkpoint count (C2SP tlog-policy). */
export interface TrustPolicy {
  readonly logs: readonly NoteVerifier[];
  readonly witnesses: readonly NoteVerifier[];
  /** Tells whether these cosigners, by their verifier keys, are enough. */
  readonly isQuorum: (cosigners: ReadonlySet<string>) => boolean;
}

type Rule = (cosigners: ReadonlySet<string>) => boolean;

interface Reading {
  readonly logs: NoteVerifier[];
  readonly witnesses: NoteVerifier[];
  readonly rules: Map<string, Rule>;
  /** A name counts in one group only, so that no witness counts twice. */
  readonly members: Set<string>;
  quorum: Rule | undefined;
}

/** Reads a C2SP tlog-policy; `undefined` for any other form. Bytes above ASCII are opaque, so they are read as Latin-1. */
export function parseTrustPolicy(bytes: Uint8Array): TrustPolicy | undefined {
  const text = Buffer.from(bytes).toString('latin1');
  if (/[^\t\n\x20-\x7e\x80-\xff]/.test(text) || !text.endsWith('\n')) return undefined;
  const lines = text.slice(0, -1).split('\n');
  if (lines.length > LINES_MAX) return undefined;
  const reading: Reading = {
    logs: [],
    witnesses: [],
    rules: new Map(),
    members: new Set(),
    quorum: undefined,
  };
  for (const line of lines) {
    const [word = '', ...rest] = line.split(/[\t ]+/).filter((item) => item !== '');
    if (word === '' || word.startsWith('#')) continue;
    if (READERS[word]?.(reading, rest) !== true) return undefined;
  }
  const { logs, witnesses, quorum } = reading;
  return quorum === undefined ? undefined : { logs, witnesses, isQuorum: quorum };
}

/** Writes the policy of a ledger: its log keys, its reviewers, and how many of those a checkpoint needs. */
export function trustPolicyText(keys: {
  readonly logs: readonly string[];
  readonly reviewers: readonly string[];
  readonly quorum: number;
}): string {
  const lines = keys.logs.map((vkey) => `log ${vkey}`);
  const names = keys.reviewers.map((vkey) => vkey.split('+').slice(0, 2).join('+'));
  for (const [index, vkey] of keys.reviewers.entries()) {
    lines.push(`witness ${names[index] ?? ''} ${vkey}`);
  }
  if (keys.quorum === 0 || keys.quorum > names.length) lines.push('quorum none');
  else lines.push(`group reviewers ${keys.quorum} ${names.join(' ')}`, 'quorum reviewers');
  return `${lines.join('\n')}\n`;
}

const READERS: Readonly<Record<string, (reading: Reading, words: readonly string[]) => boolean>> = {
  log: ({ logs }, [vkey = '', ...url]) => {
    const key = parseVerifierKey(vkey);
    if (key === undefined || url.length > 1 || isListed(logs, key)) return false;
    logs.push(key);
    return true;
  },
  witness: ({ witnesses, rules }, [name = '', vkey = '', ...url]) => {
    const key = parseCosignerKey(vkey);
    if (key === undefined || url.length > 1 || isListed(witnesses, key)) return false;
    witnesses.push(key);
    return define(rules, name, (cosigners) => cosigners.has(key.vkey));
  },
  group: ({ rules, members }, [name = '', count = '', ...names]) => {
    const needed = countOf(count, names.length);
    const parts = names.flatMap((member) => rules.get(member) ?? []);
    if (needed === undefined || parts.length !== names.length) return false;
    for (const member of names) {
      if (members.has(member)) return false;
      members.add(member);
    }
    return define(rules, name, (by) => parts.filter((part) => part(by)).length >= needed);
  },
  quorum: (reading, [name = '', ...rest]) => {
    const rule = name === 'none' ? () => true : reading.rules.get(name);
    if (rule === undefined || rest.length > 0 || reading.quorum !== undefined) return false;
    reading.quorum = rule;
    return true;
  },
};

function countOf(text: string, members: number): number | undefined {
  if (members === 0) return undefined;
  if (text === 'any') return 1;
  if (text === 'all') return members;
  const count = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= members ? count : undefined;
}

function define(rules: Map<string, Rule>, name: string, rule: Rule): boolean {
  if (name === '' || name === 'none' || rules.has(name)) return false;
  rules.set(name, rule);
  return true;
}

const isListed = (keys: readonly NoteVerifier[], key: NoteVerifier): boolean =>
  keys.some(({ vkey }) => isSameKey(vkey, key.vkey));
