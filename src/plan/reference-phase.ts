import { suggest } from '../core/index.ts';
import { type Finding, finding, meantHint, quoted } from './diagnostic.ts';
import { type Draft, rolesNamed, workloadsOf } from './draft.ts';
import { METRIC_PRESETS } from './presets/metrics.ts';
import { PROVIDER_PRESETS } from './presets/providers.ts';
import { findAll, findMaps, findTexts, type Found, type RawMap, textAt } from './tree.ts';

/** Finds names that nothing in the plan has, and ids that two things have. */
export function checkReferences(draft: Draft): readonly Finding[] {
  return [
    ...REFERENCES.flatMap((reference) => unknownNames(draft, reference)),
    ...unknownRoles(draft),
    ...unknownDefaultEnvironments(draft),
    ...unknownCites(draft),
    ...unknownPreset(draft),
    ...unknownMetrics(draft),
    ...duplicateIds(draft),
  ];
}

interface Reference {
  readonly what: string;
  readonly places: readonly string[];
  readonly known: (draft: Draft) => readonly string[];
}

const idsIn =
  (pattern: string) =>
  ({ raw }: Draft): readonly string[] =>
    findTexts(raw, pattern).map(({ value }) => value);

const scopes = (key: string): readonly string[] => [
  `budgets.*.scope.${key}.*`,
  `budgets.*.exclude.${key}.*`,
  `metrics.*.numerator.where.${key}.*`,
  `metrics.*.denominator.where.${key}.*`,
];

const REFERENCES: readonly Reference[] = [
  { what: 'channel', places: ['owners.*.notify.*'], known: (draft) => channelIds(draft.raw) },
  {
    what: 'environment',
    places: [
      'exports.*.environment',
      'smoke.*.environment',
      'allocation.rules.*.when.environment.*',
      'allocation.shared.*.when.environment.*',
      ...scopes('environment'),
    ],
    known: ({ environments }) =>
      environments.flatMap(({ id }) => (typeof id === 'string' ? [id] : [])),
  },
  {
    what: 'provider',
    places: [
      'exports.*.provider',
      'smoke.*.provider',
      'allocation.rules.*.when.provider.*',
      'allocation.shared.*.when.provider.*',
      ...scopes('provider'),
    ],
    known: ({ providerIds }) => providerIds,
  },
  {
    what: 'export',
    places: ['reconcile.*.of.*', 'smoke.*.usageEvidence.export'],
    known: idsIn('exports.*.id'),
  },
  {
    what: 'assumption',
    places: ['exports.*.conversion', 'budgets.*.assumption', 'reconcile.*.onDisagreement'],
    known: idsIn('assumptions.*.id'),
  },
  { what: 'budget', places: ['budgets.*.parent'], known: idsIn('budgets.*.id') },
  {
    what: 'series',
    places: [
      'metrics.*.denominator.series',
      'budgets.*.amount.quantity.series',
      'budgets.*.amounts.*.amount.quantity.series',
    ],
    known: idsIn('series.*.id'),
  },
  {
    what: 'metric',
    places: ['budgets.*.amount.unitMetric', 'budgets.*.amounts.*.amount.unitMetric'],
    known: ({ raw }) =>
      [...findTexts(raw, 'metrics.*'), ...findTexts(raw, 'metrics.*.id')].map(({ value }) => value),
  },
  {
    what: 'workload',
    places: [
      'allocation.rules.*.workload',
      'allocation.shared.*.split.to.*',
      ...scopes('workload'),
    ],
    known: ({ raw }) => workloadsOf(raw),
  },
  {
    what: 'adapter',
    places: ['exports.*.adapter'],
    known: ({ adapters }) => adapters.map(({ id }) => id),
  },
  { what: 'claim', places: ['providers.*.support'], known: (draft) => claimIds(draft) },
  {
    what: 'claim of kind endpoint',
    places: ['smoke.*.pattern'],
    known: (draft) => claimIds(draft, 'endpoint'),
  },
];

function unknownNames(draft: Draft, { what, places, known }: Reference): readonly Finding[] {
  const names = known(draft);
  return places
    .flatMap((place) => findTexts(draft.raw, place))
    .filter(({ value }) => !names.includes(value))
    .map((found) => unknownName(found, what, names));
}

function unknownName({ path, value }: Found, what: string, names: readonly string[]): Finding {
  return finding('unknown-reference', path, `no ${what} ${quoted(value)}`, {
    ...meantHint(suggest(String(value), names), names),
  });
}

/** Without an `owners` section every role that is named becomes an owner, so none can be unknown. */
function unknownRoles({ raw }: Draft): readonly Finding[] {
  const owners = findTexts(raw, 'owners.*.id').map(({ value }) => value);
  if (owners.length === 0) return [];
  return rolesNamed(raw)
    .filter(({ value }) => !owners.includes(value))
    .map((found) => unknownName(found, 'owner', owners));
}

/** An export that names no environment is of `production`, which the plan's own list may lack. */
function unknownDefaultEnvironments({ raw, environments }: Draft): readonly Finding[] {
  if (environments.some(({ id }) => id === 'production')) return [];
  return findMaps(raw, 'exports.*')
    .filter(({ value }) => value['environment'] === undefined)
    .map(({ path }) => {
      const hint = 'name one of `environments`';
      const message = 'expected an environment, as the plan has no "production"';
      return finding('missing-environment', [...path, 'environment'], message, { hint });
    });
}

function unknownCites(draft: Draft): readonly Finding[] {
  const documents = draft.documents.flatMap((entry) => textAt(entry, 'id') ?? []);
  const names = [...documents, ...claimIds(draft)];
  return findTexts(draft.raw, 'assumptions.*.cites.*').flatMap((found) => {
    const [document = '', heading] = found.value.split('#', 2);
    const isKnown = heading === undefined ? names.includes(document) : documents.includes(document);
    if (isKnown && heading !== '') return [];
    const what = heading === undefined ? 'document or claim' : 'document';
    return [
      finding('unknown-reference', found.path, `no ${what} ${quoted(document)}`, {
        ...meantHint(suggest(document, names), names),
      }),
    ];
  });
}

function unknownPreset({ raw, preset }: Draft): readonly Finding[] {
  const names = Object.keys(PROVIDER_PRESETS);
  return findTexts(raw, 'provider')
    .filter(() => preset === undefined)
    .map(({ path, value }) =>
      finding('unknown-reference', path, `no preset for the provider ${quoted(value)}`, {
        hint:
          suggest(value, names) === undefined
            ? `known: ${names.join(', ')}; write any other one under \`providers\``
            : `did you mean "${suggest(value, names)}"?`,
      }),
    );
}

function unknownMetrics({ raw }: Draft): readonly Finding[] {
  const names = Object.keys(METRIC_PRESETS);
  return findTexts(raw, 'metrics.*')
    .filter(({ value }) => !names.includes(value))
    .map((found) => unknownName(found, 'metric preset', names));
}

function channelIds(raw: RawMap): readonly string[] {
  const short = findTexts(raw, 'notify.file').length > 0 ? ['outbox'] : [];
  return [...short, ...findTexts(raw, 'notify.*.id').map(({ value }) => value)];
}

function claimIds({ documents }: Draft, kind?: string): readonly string[] {
  return findMaps(documents, '*.claims.*')
    .filter(({ value }) => kind === undefined || value['kind'] === kind)
    .flatMap(({ value }) => textAt(value, 'id') ?? []);
}

/** Ids of one line share a space: `cites` and records could not tell two of them apart. */
const ID_SPACES: readonly (readonly string[])[] = [
  ['owners.*.id'],
  ['notify.*.id'],
  ['providers.*.id'],
  ['environments.*.id'],
  ['documents.*.id', 'documents.*.claims.*.id'],
  ['assumptions.*.id'],
  ['exports.*.id'],
  ['reconcile.*.id'],
  ['workloads.*'],
  ['series.*.id'],
  ['allocation.shared.*.id'],
  ['metrics.*', 'metrics.*.id'],
  ['budgets.*.id'],
  ['smoke.*.id'],
];

function duplicateIds(draft: Draft): readonly Finding[] {
  const spaces = ID_SPACES.map((places) => places.flatMap((place) => findTexts(draft.raw, place)));
  const ruleSpaces = findAll(draft.raw, 'budgets.*.rules').map(({ path, value }) =>
    findTexts(value, '*.id').map((found) => ({ ...found, path: [...path, ...found.path] })),
  );
  return [...spaces, ...ruleSpaces].flatMap(repeated).concat(presetClashes(draft));
}

function repeated(found: readonly Found[]): readonly Finding[] {
  const seen = new Set<unknown>();
  return found.flatMap(({ path, value }) => {
    if (!seen.has(value)) {
      seen.add(value);
      return [];
    }
    return [finding('duplicate-id', path, `expected an id of its own, ${quoted(value)} is taken`)];
  });
}

/** A claim that the plan adds must not have the id of one that the preset brings in another document. */
function presetClashes({ raw, preset }: Draft): readonly Finding[] {
  const replaced = new Set(
    findMaps(raw, 'documents.*')
      .filter(({ value }) => value['claims'] !== undefined)
      .map(({ value }) => value['id']),
  );
  const kept = (preset?.documents ?? []).filter(({ id }) => !replaced.has(id));
  const taken = findTexts(kept, '*.claims.*.id').map(({ value }) => value);
  return findTexts(raw, 'documents.*.claims.*.id')
    .filter(({ value }) => taken.includes(value))
    .map(({ path, value }) =>
      finding('duplicate-id', path, `expected an id of its own, the preset has ${quoted(value)}`),
    );
}
