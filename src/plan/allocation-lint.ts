import { addDecimals, decimal, parseDecimal, wholeDecimal } from '../core/index.ts';
import { type Finding, finding, quoted } from './diagnostic.ts';
import type { Draft } from './draft.ts';
import { findMaps, findTexts, isMap, type Path, type RawMap, textAt } from './tree.ts';

/** Finds allocation rules that can never take a row, and splits that do not say who pays. */
export function checkAllocation({ raw }: Draft): readonly Finding[] {
  const rules = findMaps(raw, 'allocation.rules.*');
  const shared = findMaps(raw, 'allocation.shared.*');
  return [
    ...rules.flatMap(({ path, value }, index) => [
      ...neverValid(path, value),
      ...shadowed(rules.slice(0, index), { path, value }),
    ]),
    ...shared.flatMap(({ path, value }, index) => [
      ...shadowed([...rules, ...shared.slice(0, index)], { path, value }),
      ...weights(path, value),
    ]),
  ];
}

interface Entry {
  readonly path: Path;
  readonly value: RawMap;
}

function neverValid(path: Path, rule: RawMap): readonly Finding[] {
  const [from, until] = [textAt(rule, 'from'), textAt(rule, 'until')];
  if (from === undefined || until === undefined || from < until) return [];
  const message = `expected a date after ${from}, got ${until}: the rule is valid on no day`;
  return [
    finding('unused-rule', [...path, 'until'], message, {
      severity: 'warning',
      hint: '`from` is the first day, `until` the first day after',
    }),
  ];
}

/** First match wins, so an entry behind one that takes all of its rows takes none. */
function shadowed(earlier: readonly Entry[], { path, value }: Entry): readonly Finding[] {
  const cover = earlier.find((one) => covers(one.value, value));
  if (cover === undefined) return [];
  const place = `allocation.${cover.path.slice(1, 2).join('')}[${cover.path.slice(2).join('')}]`;
  return [
    finding('shadowed-rule', [...path, 'when'], `${place} takes every row that this would take`, {
      severity: 'warning',
      hint: 'first match wins: put the narrower rule before the wider one, or remove it',
    }),
  ];
}

/** Tells whether each row that the later entry matches is matched by the earlier one too. */
function covers(earlier: RawMap, later: RawMap): boolean {
  const [wide, narrow] = [earlier['when'], later['when']];
  if (!isMap(wide) || !isMap(narrow)) return false;
  const isWider = Object.keys(wide).every((name) => {
    const [allowed, wanted] = [valuesOf(wide, name), valuesOf(narrow, name)];
    return narrow[name] !== undefined && wanted.every((one) => allowed.includes(one));
  });
  const [from, until] = [textAt(earlier, 'from'), textAt(earlier, 'until')];
  const [laterFrom, laterUntil] = [textAt(later, 'from'), textAt(later, 'until')];
  const begins = from === undefined || (laterFrom !== undefined && from <= laterFrom);
  const ends = until === undefined || (laterUntil !== undefined && laterUntil <= until);
  return isWider && begins && ends;
}

const valuesOf = (when: RawMap, name: string): readonly string[] =>
  findTexts(when, `${name}.*`).map(({ value }) => value);

function weights(path: Path, shared: RawMap): readonly Finding[] {
  const split = shared['split'];
  if (!isMap(split)) return [];
  const at = [...path, 'split', 'weights'];
  const isFixed = split['method'] === 'fixed';
  if (split['weights'] === undefined) {
    return isFixed
      ? [finding('missing-weights', at, 'expected `weights`, one for each target')]
      : [];
  }
  if (!isFixed) {
    return [
      finding(
        'unused-weights',
        at,
        `expected no \`weights\` with the method ${quoted(split['method'])}`,
        {
          on: 'key',
        },
      ),
    ];
  }
  return weightSum(at, split);
}

/** Shares are written out, so that a target that is added later cannot change them unseen. */
function weightSum(at: Path, split: RawMap): readonly Finding[] {
  const targets = findTexts(split, 'to.*').map(({ value }) => value);
  const given = isMap(split['weights']) ? split['weights'] : {};
  const odd = [...new Set([...targets, ...Object.keys(given)])].find(
    (id) => given[id] === undefined || !targets.includes(id),
  );
  if (odd !== undefined) {
    return [
      finding('odd-weights', at, `expected one weight for each of \`to\`; see ${quoted(odd)}`),
    ];
  }
  const known = Object.values(given).flatMap((one) => parseDecimal(String(one)) ?? []);
  // A weight of another form is the schema's business.
  if (known.length < targets.length) return [];
  const isWhole = addDecimals(...known) === wholeDecimal(1);
  if (isWhole && known.every((value) => value >= decimal('0'))) return [];
  return [finding('odd-weights', at, 'expected weights of 0 or more that add up to 1')];
}
