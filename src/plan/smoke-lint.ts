import { type Finding, finding, quoted } from './diagnostic.ts';
import { type Draft, isApprovedFor, providerOf } from './draft.ts';
import { findAll, findMaps, type Path, type RawMap, textAt } from './tree.ts';

/** Finds smoke tests that must not run as they are written. */
export function checkSmoke(draft: Draft): readonly Finding[] {
  return findMaps(draft.raw, 'smoke.*').flatMap(({ path, value }) => [
    ...unpinned(path, value),
    ...inProduction(draft, path, value),
    ...withoutProvider(draft, path, value),
    ...otherPattern(draft, path, value),
    ...unapprovedEvidence(draft, path, value),
    ...sharedKey(draft, path, value),
  ]);
}

function unpinned(path: Path, smoke: RawMap): readonly Finding[] {
  if (smoke['enabled'] !== true || smoke['pinned'] !== undefined) return [];
  const hint = `run \`spendproof smoke pin ${textAt(smoke, 'id') ?? 'ID'} --by ROLE\` first`;
  const message = 'expected `pinned` before `enabled: true`';
  return [finding('smoke-not-pinned', [...path, 'enabled'], message, { hint })];
}

function inProduction(draft: Draft, path: Path, smoke: RawMap): readonly Finding[] {
  const environment = draft.environments.find(({ id }) => id === smoke['environment']);
  if (environment?.['kind'] !== 'production') return [];
  const message = `expected an environment that is not production, got ${quoted(environment['id'])}`;
  return [finding('smoke-in-production', [...path, 'environment'], message)];
}

function withoutProvider(draft: Draft, path: Path, smoke: RawMap): readonly Finding[] {
  if (providerOf(smoke, draft.providerIds) !== undefined) return [];
  const hint = 'name one of `providers`';
  return [finding('missing-provider', [...path, 'provider'], 'expected a provider', { hint })];
}

/** The request must be the one that the page documents; a path template cannot be compared. */
function otherPattern(draft: Draft, path: Path, smoke: RawMap): readonly Finding[] {
  const claim = findMaps(draft.documents, '*.claims.*').find(
    ({ value }) => value['kind'] === 'endpoint' && value['id'] === smoke['pattern'],
  )?.value;
  const documented = claim?.['path'];
  if (claim === undefined || typeof documented !== 'string') return [];
  const isTemplate = /[{:]/.test(documented);
  return (['method', 'path'] as const).flatMap((key) => {
    const got = textAt(smoke, 'request', key);
    if (got === undefined || got === claim[key] || (key === 'path' && isTemplate)) return [];
    const message = `expected ${quoted(claim[key])} as the pattern documents it, got ${quoted(got)}`;
    return [finding('smoke-other-pattern', [...path, 'request', key], message)];
  });
}

function unapprovedEvidence(draft: Draft, path: Path, smoke: RawMap): readonly Finding[] {
  const id = textAt(smoke, 'usageEvidence', 'export');
  const found = findMaps(draft.raw, 'exports.*').find(({ value }) => value['id'] === id)?.value;
  if (id === undefined || found === undefined || isApprovedFor(found, 'smoke-evidence')) return [];
  const hint = 'add smoke-evidence to its `approved.for`';
  const message = `the export ${quoted(id)} is not approved for smoke-evidence`;
  return [finding('not-approved-for', [...path, 'usageEvidence', 'export'], message, { hint })];
}

/** Only a key that nothing else uses can show by its count that the test was counted. */
function sharedKey(draft: Draft, path: Path, smoke: RawMap): readonly Finding[] {
  const key = textAt(smoke, 'usageEvidence', 'key');
  if (key === undefined) {
    if (textAt(smoke, 'usageEvidence', 'by') !== 'key-day') return [];
    const hint = 'add `key:` with the name that the export gives to the key of this test alone';
    const message = 'expected `key` beside `by: key-day`';
    return [finding('smoke-key-missing', [...path, 'usageEvidence', 'by'], message, { hint })];
  }
  const matched = ['allocation.rules.*', 'allocation.shared.*'].some((pattern) =>
    findMaps(draft.raw, pattern).some(({ value }) => keysOf(value).includes(key)),
  );
  if (!matched) return [];
  const hint = 'give the smoke test a key of its own';
  const message = `the key ${quoted(key)} also matches an allocation rule, so its count says nothing of the test`;
  return [finding('smoke-key-allocated', [...path, 'usageEvidence', 'key'], message, { hint })];
}

function keysOf(rule: RawMap): readonly unknown[] {
  return findAll(rule, 'when.key.*').map(({ value }) => value);
}
