import { isMap, isScalar, isSeq, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { AppError, type Digest, digestHex, sha256, SLUG } from '../../core/index.ts';

/** Digests a fixture's bytes; `pinned.sha256` in the plan holds its 64 digits. */
export const fixtureDigest = (bytes: Uint8Array): Digest => sha256(bytes);

/**
 * Writes `pinned: { sha256, by }` into one smoke test of a plan's text; every other character stays as it is.
 *
 * @throws {AppError} `plan-syntax` when the text is no YAML, `plan-reference` when it has no such smoke test,
 * `usage` when the role is no slug.
 */
export function pinFixture(
  text: string,
  smoke: string,
  approval: { readonly digest: Digest; readonly by: string },
): string {
  if (!SLUG.test(approval.by)) {
    throw new AppError('usage', { message: 'Expected a role of the plan for `--by`' });
  }
  const value = `{ sha256: ${digestHex(approval.digest)}, by: ${approval.by} }`;
  const test = smokeTestOf(text, smoke);
  const edit = editOf(text, test, value);
  const edited = `${text.slice(0, edit.start)}${edit.insert}${text.slice(edit.end)}`;
  confirm(edited, smoke, approval);
  return edited;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly insert: string;
}

function smokeTestOf(text: string, smoke: string): YAMLMap {
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    throw new AppError('plan-syntax', { message: 'Expected readable YAML, the plan is not' });
  }
  const tests = document.get('smoke');
  const found = isSeq(tests)
    ? tests.items.find((item) => isMap(item) && item.get('id') === smoke)
    : undefined;
  if (!isMap(found)) {
    throw new AppError('plan-reference', {
      message: `Expected a smoke test \`${smoke}\` in the plan, there is none`,
    });
  }
  return found;
}

function editOf(text: string, test: YAMLMap, value: string): Edit {
  const pinned = rangeOf(test, 'pinned');
  if (pinned !== undefined) {
    // The value of a block map ends behind its line break; the break stays.
    const old = text.slice(pinned.value[0], pinned.value[1]);
    const end = pinned.value[0] + old.trimEnd().length;
    return replaced(text, pinned, { start: pinned.value[0], end, insert: value });
  }
  const id = rangeOf(test, 'id');
  if (id === undefined)
    throw new AppError('internal', { message: 'Expected the id that was found' });
  if (test.flow === true) {
    return { start: id.value[1], end: id.value[1], insert: `, pinned: ${value}` };
  }
  const lineEnd = text.indexOf('\n', id.value[1]);
  const column = id.key - (text.lastIndexOf('\n', id.key - 1) + 1);
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const line = `${' '.repeat(column)}pinned: ${value}`;
  return lineEnd === -1
    ? { start: text.length, end: text.length, insert: `${lineBreak}${line}${lineBreak}` }
    : { start: lineEnd + 1, end: lineEnd + 1, insert: `${line}${lineBreak}` };
}

/** Moves the value up to its key when it stood on the lines below. */
function replaced(text: string, pinned: PairRange, edit: Edit): Edit {
  const colon = text.indexOf(':', pinned.key);
  const isBelow = text.slice(colon, edit.start).includes('\n');
  return isBelow ? { ...edit, start: colon + 1, insert: ` ${edit.insert}` } : edit;
}

interface PairRange {
  readonly key: number;
  readonly value: readonly [start: number, end: number];
}

function rangeOf(map: YAMLMap, key: string): PairRange | undefined {
  const pair: Pair | undefined = map.items.find(
    (item) => isScalar(item.key) && item.key.value === key,
  );
  if (pair === undefined || !isScalar(pair.key)) return undefined;
  const keyRange = pair.key.range;
  const valueRange = isScalar(pair.value) || isMap(pair.value) ? pair.value.range : undefined;
  if (keyRange == null || valueRange == null) return undefined;
  return { key: keyRange[0], value: [valueRange[0], valueRange[1]] };
}

/** Reads the edited text again: the pin must be there, whatever the text looked like before. */
function confirm(
  edited: string,
  smoke: string,
  approval: { readonly digest: Digest; readonly by: string },
): void {
  const test = smokeTestOf(edited, smoke);
  const isThere =
    test.getIn(['pinned', 'sha256']) === digestHex(approval.digest) &&
    test.getIn(['pinned', 'by']) === approval.by;
  if (!isThere) {
    throw new AppError('plan-syntax', {
      message: `Expected a smoke test \`${smoke}\` written plainly, its form cannot be edited`,
      hint: `Write \`pinned: { sha256: ${digestHex(approval.digest)}, by: ${approval.by} }\` into it.`,
    });
  }
}
