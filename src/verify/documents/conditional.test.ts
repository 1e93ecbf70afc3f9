import { describe, expect, it } from 'vitest';
import { addDuration, type Instant, sha256 } from '../../core/index.ts';
import { conditionalHeaders, keepValidators, renewedPage, usableSnapshot } from './conditional.ts';
import { type FetchMemory, NO_MEMORY, type Snapshot } from './fetch-memory.ts';
import { normalisePage } from './normalise.ts';
import type { FetchRequest } from './page-fetch.ts';
import { planDocument } from './testing.ts';

const NOW = '2026-11-23T08:00:00Z' as Instant;
const URL_OF_PAGE = 'https://docs.example/pricing';
const DOCUMENT = planDocument({ url: URL_OF_PAGE });
const REQUEST = {
  url: URL_OF_PAGE,
  accept: 'text/html',
  locale: undefined,
} as unknown as FetchRequest;

const read = normalisePage({
  body: new TextEncoder().encode('<h1>Pricing</h1><p>What counts.</p>'),
  contentType: 'text/html',
  url: URL_OF_PAGE,
});
if (read.kind === 'degraded') throw new Error(read.problem);
const PAGE = { url: new URL(URL_OF_PAGE), raw: sha256('raw'), whole: read.document } as never;

/** What is kept of a page that was read whole, with these headers. */
function keptOf(headers: Readonly<Record<string, string>>): Snapshot {
  let kept: Snapshot | undefined;
  const memory: FetchMemory = { ...NO_MEMORY, keepSnapshot: (_, snapshot) => (kept = snapshot) };
  const answer = { headers: new Map(Object.entries(headers)) } as never;
  keepValidators(PAGE, answer, REQUEST, { document: DOCUMENT, memory, now: NOW });
  if (kept === undefined) throw new Error('nothing kept');
  return kept;
}
const sent = (headers: Readonly<Record<string, string>>) => conditionalHeaders(keptOf(headers));
const remembering = (snapshot: Snapshot): FetchMemory => ({
  ...NO_MEMORY,
  snapshotOf: () => snapshot,
});
const usable = (change: Partial<Snapshot> = {}, now = NOW, document = DOCUMENT): boolean =>
  usableSnapshot(remembering({ ...keptOf({ etag: '"a"' }), ...change }), document, REQUEST, now) !==
  undefined;

describe('validators', () => {
  const YESTERDAY = 'Sun, 22 Nov 2026 08:00:00 GMT';

  it('are sent as they came, the tag before the date', () => {
    expect(sent({ etag: 'W/"a"' })).toEqual({ 'if-none-match': 'W/"a"' });
    expect(sent({ 'last-modified': YESTERDAY })).toEqual({ 'if-modified-since': YESTERDAY });
    expect(sent({ etag: '"a"', 'last-modified': YESTERDAY })).toEqual({ 'if-none-match': '"a"' });
  });

  it.each([
    {},
    { etag: 'a' },
    { etag: '"a b"' },
    { etag: `"${'a'.repeat(257)}"` },
    { 'last-modified': 'yesterday' },
    { 'last-modified': 'Tue, 24 Nov 2026 08:00:00 GMT' },
    { 'last-modified': `${YESTERDAY} ${'('.repeat(40)}` },
  ])('are none: %j', (headers) => {
    expect(sent(headers)).toEqual({});
  });
});

describe('a page is read whole', () => {
  it('unless its validators are recent, asked for the same and not used up', () => {
    expect(usable()).toBe(true);
    expect(usable({ renewals: 5 })).toBe(true);
    expect(usable({}, addDuration(NOW, '7d'))).toBe(true);
  });

  it.each([
    ['nothing is remembered', () => usableSnapshot(NO_MEMORY, DOCUMENT, REQUEST, NOW)],
    ['it was renewed six times', () => usable({ renewals: 6 })],
    ['eight days have passed', () => usable({}, addDuration(NOW, '8d'))],
    ['the clock was set back', () => usable({ readAt: addDuration(NOW, '1s') })],
    ['its server gave no validator', () => usable({ etag: null })],
    ['the plan asks for another text', () => usable({ binding: sha256('other') })],
    [
      'the plan names a canary now',
      () => usable({}, NOW, planDocument({ url: URL_OF_PAGE, mustContain: ['pricing'] })),
    ],
  ])('when %s', (_, answer) => {
    expect(answer()).toBeFalsy();
  });

  it('when its text is not on this machine any more', async () => {
    const request = { document: DOCUMENT } as never;
    expect(await renewedPage({} as never, keptOf({}), request, NO_MEMORY)).toBeUndefined();
  });
});
