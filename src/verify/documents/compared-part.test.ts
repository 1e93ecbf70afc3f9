import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instantFromMs, parsePlainDate } from '../../core/index.ts';
import {
  type DocumentServer,
  htmlPage,
  startDocumentServer,
} from '../../../test/servers/documents.ts';
import { checkDocument } from './check-document.ts';
import { comparedPart, partDigest } from './compared-part.ts';
import type { DocumentBaseline, DocumentCheck } from './document-check.ts';
import { planDocument } from './testing.ts';

const NOW = instantFromMs(Date.UTC(2026, 10, 23, 8));
const LATER = instantFromMs(Date.UTC(2027, 0, 2, 8));
const EXPIRES = parsePlainDate('2026-12-31')!;
const WORDS = 'This sentence says what has to be said about the matter. '.repeat(4);

let server: DocumentServer;
beforeAll(async () => {
  server = await startDocumentServer();
});
afterAll(async () => {
  await server.close();
});

const page = (banner: string, rate: string, log = 'Nothing new.'): string =>
  htmlPage({
    title: 'Rates',
    main: `<div class="promo">${banner}</div><h1>About rates</h1><p>${WORDS}</p>
      <div class="rates"><h2>Rates</h2><p>${WORDS} It is ${rate} for each.</p></div>
      <h2>Changelog</h2><p>${log}</p>`,
  });

type Extra = Parameters<typeof planDocument>[0];
const check = async (
  extra: Extra,
  baseline: DocumentBaseline = { variants: [] },
  now = NOW,
): Promise<DocumentCheck> =>
  await checkDocument(
    {
      document: planDocument({ url: `${server.origin}/page`, ...extra }),
      loopback: [server.host],
      baseline,
      now,
    },
    {
      clock: { now: () => now, ms: () => Date.UTC(2026, 10, 23, 8) },
      log: { info: () => undefined, warn: () => undefined, progress: () => undefined },
      network: { lookup: async () => ['127.0.0.1'] },
      random: { bytes: (count: number) => new Uint8Array(count) },
    },
  );

async function accept(extra: Extra): Promise<DocumentBaseline> {
  server.serve('/page', page('Meet us in spring.', 'low'));
  const { content, normalised, scope } = await check(extra);
  if (content === null || normalised === undefined) throw new Error('not read');
  const on = parsePlainDate('2026-11-22')!;
  return {
    accepted: { content, by: 'finops', on, normalised, ...(scope === undefined ? {} : { scope }) },
    variants: [],
    lastVerified: NOW,
  };
}

const because = { reason: 'No matter of the review', expires: EXPIRES };
const IGNORES: Extra = {
  ignore: [
    { css: 'main > .promo', ...because },
    { heading: 'changelog', ...because },
  ],
};

describe('what of a page is compared', () => {
  it('leaves out what the plan ignores, until its last day', async () => {
    const baseline = await accept(IGNORES);
    server.serve('/page', page('Meet us in autumn.', 'low', 'Much is new.'));
    expect((await check(IGNORES, baseline)).detail).toBe('unchanged');
    const ended = await check(IGNORES, baseline, LATER);
    expect(ended).toMatchObject({ state: 'new', detail: 'rebaseline-needed' });
    server.serve('/page', page('Meet us in autumn.', 'high', 'Much is new.'));
    expect((await check(IGNORES, baseline)).detail).toBe('changed');
  });

  it('is only what a selector names, while claims see the whole page', async () => {
    const claims = [{ id: 'changelog', kind: 'heading', text: 'Changelog' }] as const;
    const extra: Extra = { scope: { css: '.rates' }, claims };
    const baseline = await accept(extra);
    server.serve('/page', page('Meet us in autumn.', 'low', 'Much is new.'));
    const found = await check(extra, baseline);
    expect(found).toMatchObject({ detail: 'unchanged', claims: [{ result: 'holds' }] });
    expect(found.normalised?.sections.map(({ heading }) => heading)).toEqual(['Rates']);
    server.serve('/page', page('Meet us in spring.', 'high'));
    expect((await check(extra, baseline)).detail).toBe('changed');
  });

  it('cannot be read where the page has no such part', async () => {
    server.serve('/page', page('Meet us in spring.', 'low'));
    expect((await check({ scope: { css: '.prices' } })).detail).toBe('degraded');
    const ignore = [{ heading: 'About rates', ...because }];
    expect((await check({ ignore })).detail).toBe('degraded');
  });

  it('is another text when the plan compares another part, never a change', async () => {
    const baseline = await accept({});
    const found = await check({ scope: { headings: ['Rates'] } }, baseline);
    expect(found).toMatchObject({ state: 'new', detail: 'rebaseline-needed' });
  });

  it('has a digest of its own for each part', () => {
    const digests = [
      { scope: { headings: ['Rates'] } },
      { scope: { css: '.rates' } },
      IGNORES,
      { ...IGNORES, scope: { css: '.rates' } },
    ].map((extra) => {
      const part = comparedPart(planDocument(extra), NOW);
      return part === undefined ? '' : partDigest(part);
    });
    expect(new Set(digests).size).toBe(4);
    expect(comparedPart(planDocument(IGNORES), LATER)).toBeUndefined();
  });
});
