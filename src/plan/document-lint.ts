import { durationMs } from '../core/index.ts';
import { type Finding, finding } from './diagnostic.ts';
import type { Draft } from './draft.ts';
import { cadenceMs, durationText } from './freshness.ts';
import { findAll, findMaps, findTexts, isMap, type RawMap, textAt } from './tree.ts';

/** Finds documents without an address, with one that must not be, and with a freshness that cannot hold. */
export function checkDocuments(draft: Draft): readonly Finding[] {
  return [
    ...findMaps(draft.raw, 'documents.*').flatMap(({ path, value }) =>
      addressFindings(draft, value).map((found) => ({ ...found, path: [...path, ...found.path] })),
    ),
    ...plainHttp(draft),
    ...selectors(draft),
    ...endedIgnores(draft),
    ...shortFreshness(draft),
    ...endedAssumptions(draft),
  ];
}

function addressFindings(draft: Draft, written: RawMap): readonly Finding[] {
  const whole = draft.documents.find(({ id }) => id === written['id']) ?? written;
  const isAttested = whole['kind'] === 'attested';
  const hasUrl = whole['url'] !== undefined;
  if (isAttested && hasUrl) {
    const hint = 'remove `url`, or make it `kind: page`';
    return [finding('attested-url', ['url'], 'expected no url in an attested document', { hint })];
  }
  if (!isAttested && !hasUrl) {
    const hint = 'write `url:`, or `kind: attested` for what only the own account can confirm';
    return [finding('page-without-url', ['url'], 'expected a url in a document', { hint })];
  }
  return [];
}

function plainHttp({ raw }: Draft): readonly Finding[] {
  const loopback = findTexts(raw, 'network.loopback.*').map(({ value }) => value.toLowerCase());
  return ['documents.*.url', 'documents.*.alternates.*.url']
    .flatMap((place) => findTexts(raw, place))
    .filter(({ value }) => {
      const host = /^http:\/\/([^/?#]*)/i.exec(value)?.[1];
      return host !== undefined && !loopback.includes(host.toLowerCase());
    })
    .map(({ path }) =>
      finding('plain-http', path, 'expected https, got plain http', {
        hint: 'plain http is for `network.loopback` addresses of trials only',
      }),
    );
}

/** Elements are those of HTML: a twin in another form has none to select. */
function selectors({ raw }: Draft): readonly Finding[] {
  return findMaps(raw, 'documents.*').flatMap(({ path, value }) => {
    const hasTwins = Array.isArray(value['alternates']) && value['alternates'].length > 0;
    const places = ['scope.css', 'ignore.*.css'].flatMap((place) => findTexts(value, place));
    if (!hasTwins) return [];
    return places.map((place) =>
      finding(
        'css-with-alternates',
        [...path, ...place.path],
        'expected headings, got a selector',
        {
          hint: 'name headings, or leave `alternates` out: only HTML has elements',
        },
      ),
    );
  });
}

function endedIgnores({ raw, today }: Draft): readonly Finding[] {
  if (today === undefined) return [];
  return findTexts(raw, 'documents.*.ignore.*.expires').flatMap(({ path, value }) => {
    if (value >= today) return [];
    return [
      finding('ignore-ended', path, `nothing is ignored since ${value}`, {
        severity: 'warning',
        hint: 'look whether it still is no matter of the review, then write a new date or leave it out',
      }),
    ];
  });
}

function shortFreshness({ raw }: Draft): readonly Finding[] {
  const least = cadenceMs(raw);
  return findAll(raw, 'documents.*.freshness').flatMap(({ path, value }) => {
    const maxAge = readMs(textAt(value, 'maxAge'));
    const warn = readMs(textAt(value, 'warn'));
    if (maxAge === undefined) return [];
    if (warn !== undefined && warn >= maxAge) {
      const message = 'expected `warn` to be shorter than `maxAge`';
      return [finding('freshness-order', [...path, 'warn'], message)];
    }
    if (maxAge >= least) return [];
    const message = `shorter than the cadence plus its grace: the page is stale before each review`;
    const hint = `write ${durationText(least)} or more`;
    return [
      finding('freshness-short', [...path, 'maxAge'], message, { severity: 'warning', hint }),
    ];
  });
}

function readMs(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}(ms|s|m|h|d)$/.test(text) ? durationMs(text) : undefined;
}

function endedAssumptions({ raw, today }: Draft): readonly Finding[] {
  if (today === undefined) return [];
  return findAll(raw, 'assumptions.*.value').flatMap(({ path, value }) => {
    const expires = isMap(value) ? textAt(value, 'expires') : undefined;
    if (expires === undefined || expires >= today) return [];
    const message = `the value ended on ${expires}`;
    return [
      finding('assumption-ended', [...path, 'expires'], message, {
        severity: 'warning',
        hint: 'verify it again and write a new date',
      }),
    ];
  });
}
