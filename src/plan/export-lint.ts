import { type Finding, finding, quoted } from './diagnostic.ts';
import { type Draft, isApprovedFor, providerOf } from './draft.ts';
import { findMaps, findTexts, type Found, isMap, type Path, type RawMap, textAt } from './tree.ts';

/** Finds exports that count one bill twice, lack their mapping, or whose approval has ended. */
export function checkExports(draft: Draft): readonly Finding[] {
  return [
    ...overlappingExports(draft),
    ...mappings(draft),
    ...conversions(draft),
    ...endedApprovals(draft),
  ];
}

type ExportFound = Found & { readonly value: RawMap };

function overlappingExports(draft: Draft): readonly Finding[] {
  const reviewed = findMaps(draft.raw, 'exports.*').filter(
    ({ value }) => isApprovedFor(value, 'budget-review') && value['disjoint'] !== true,
  );
  const linked = findMaps(draft.raw, 'reconcile.*').map(({ value }) =>
    findTexts(value, 'of.*').map((found) => found.value),
  );
  const isLinked = (left: RawMap, right: RawMap): boolean =>
    linked.some((ids) => [left, right].every(({ id }) => ids.includes(String(id))));
  return reviewed.flatMap((later, index) => {
    const earlier = reviewed
      .slice(0, index)
      .find(({ value }) => sameBill(value, later.value, draft) && !isLinked(value, later.value));
    return earlier === undefined ? [] : [overlap(earlier, later)];
  });
}

function sameBill(left: RawMap, right: RawMap, { providerIds }: Draft): boolean {
  const environment = (entry: RawMap): string => textAt(entry, 'environment') ?? 'production';
  return (
    providerOf(left, providerIds) === providerOf(right, providerIds) &&
    environment(left) === environment(right)
  );
}

function overlap(earlier: ExportFound, later: ExportFound): Finding {
  const names = `${quoted(earlier.value['id'])} and ${quoted(later.value['id'])}`;
  const message = `${names} may hold the same spend: one provider, one environment`;
  return finding('overlapping-exports', [...later.path, 'id'], message, {
    hint: 'name both in one `reconcile.of`, or say `disjoint: true`',
  });
}

/** The plan's grammar ties `table:` to the adapter of that name, as `kind` ties the fields of a claim. */
const MAPPED_ADAPTER = 'table';

function mappings({ raw }: Draft): readonly Finding[] {
  return findMaps(raw, 'exports.*').flatMap(({ path, value }) => {
    const isMapped = value['adapter'] === MAPPED_ADAPTER;
    if (isMapped === isMap(value['table'])) return [];
    if (!isMapped) {
      const message = `expected no \`table\` with the adapter ${quoted(value['adapter'])}`;
      return [finding('unused-mapping', [...path, 'table'], message, { on: 'key' })];
    }
    const hint = 'say which columns hold time, tokens and cost; `spendproof look FILE` lists them';
    return [finding('missing-mapping', [...path, 'table'], 'expected a `table` mapping', { hint })];
  });
}

function conversions({ raw, adapters }: Draft): readonly Finding[] {
  return findMaps(raw, 'exports.*').flatMap(({ path, value }) => {
    const facts = adapters.find(({ id }) => id === value['adapter']);
    const isInQuota = textAt(value, 'table', 'cost', 'unit') === 'quota';
    const isNeeded = facts?.needsConversion === true || isInQuota;
    if (!isNeeded || value['conversion'] !== undefined) return [];
    const message = 'its money is in a unit of its own: without a `conversion` its cost is unknown';
    const hint = 'name the assumption that holds the value of the unit';
    return [
      finding('missing-conversion', [...path, 'conversion'], message, {
        severity: 'warning',
        hint,
      }),
    ];
  });
}

function endedApprovals({ raw, today }: Draft): readonly Finding[] {
  if (today === undefined) return [];
  return ['exports.*', 'series.*']
    .flatMap((place) => findMaps(raw, place))
    .flatMap(({ path, value }) => approvalFindings([...path, 'approved'], value, today));
}

function approvalFindings(path: Path, entry: RawMap, today: string): readonly Finding[] {
  const until = textAt(entry, 'approved', 'until');
  if (until === undefined || until >= today) return [];
  const message = `the approval ended on ${until}: the export will not be imported`;
  const hint = 'approve it again with a new date';
  return [finding('approval-ended', [...path, 'until'], message, { severity: 'warning', hint })];
}
