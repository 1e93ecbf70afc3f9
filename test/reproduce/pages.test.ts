import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answer,
  type DocumentServer,
  htmlPage,
  pricingPage,
  startDocumentServer,
} from '../servers/documents.ts';
import { type Bench, openBench } from '../cli/harness.ts';

interface Found {
  readonly kind: string;
  readonly from?: string;
  readonly subject: string;
}

const UNREAD = ['doubted', 'missing', 'broken', 'blocked', 'disallowed', 'moved', 'no-tls'];
const ALIKE = ['one', 'two', 'three'];

let server: DocumentServer;
let bench: Bench;

const plan = (): string => `version: 1
network: { loopback: ["${server.host}"] }
owner: finops
documents:
${[...UNREAD, 'attested', ...ALIKE]
  .map((id) => {
    const origin = id === 'no-tls' ? `https://${server.host}` : server.origin;
    const claims = id === 'attested' ? ', claims: [{ id: own-terms, kind: attestation }]' : '';
    const canary = id === 'doubted' ? ', mustContain: [what counts]' : '';
    return `  - { id: ${id}, url: "${origin}/${id}", purpose: Read ${id}${canary}${claims} }`;
  })
  .join('\n')}
`;

/** A page of a host that shows the same note on each of its unlike pages. */
const noted = (id: string, note: string): string => {
  const own = Array.from(
    { length: 8 },
    (_, n) => `<p>${id} says what only it can say of ${'abcdefgh'[n]}.</p>`,
  );
  return htmlPage({ title: id, main: `<h1>${id}</h1>${own.join('')}<p>${note}</p>` });
};

interface Exported {
  readonly kind: string;
  readonly document: string;
  readonly state: string;
  readonly detail: string;
  readonly content: string | null;
  readonly reasons: readonly string[];
}

/** The last record of each document at some check, from 0. */
async function checksOf(document: string): Promise<readonly Exported[]> {
  const { stdout } = await bench.run('ledger', 'export');
  return stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { body: Exported }).body)
    .filter((body) => body.kind === 'document-check' && body.document === document);
}

describe('pages that were not read as they should', () => {
  beforeAll(async () => {
    server = await startDocumentServer();
    for (const id of [...UNREAD, 'attested']) server.serve(`/${id}`, pricingPage());
    for (const id of ALIKE) server.serve(`/${id}`, noted(id, 'Meet us in spring.'));
    bench = await openBench();
    await writeFile(join(bench.folder, 'spendproof.yaml'), plan());
    await bench.run('init');
    await bench.run('docs', 'check');
    for (const id of [...UNREAD, 'attested', ...ALIKE]) {
      await bench.run('docs', 'accept', id, '--by', 'finops');
    }
    await bench.run('docs', 'attest', 'attested', '--by', 'finops');
    server.serve('/doubted', pricingPage('what counts', 'what matters'));
    server.serve('/missing', answer(404, ''));
    server.serve('/broken', answer(500, ''));
    server.serve('/blocked', answer(403, ''));
    server.serve('/attested', answer(403, ''));
    server.serve('/moved', answer(301, '', { location: 'http://127.0.0.2:9/' }));
    const robots = 'User-agent: *\nDisallow: /disallowed\n';
    server.serve('/robots.txt', answer(200, robots, { 'content-type': 'text/plain' }));
    for (const id of ALIKE) server.serve(`/${id}`, noted(id, 'Meet us in autumn.'));
    for (const day of [24, 25, 26, 27, 28]) {
      bench.at(`2026-11-${day}T20:00:00Z`);
      await bench.run(...(day === 24 ? ['review'] : ['docs', 'check']));
    }
  }, 1_800_000);
  afterAll(async () => await server.close());

  it('are of every kind that there is', async () => {
    const details = async (id: string) => (await checksOf(id)).map(({ detail }) => detail);
    // Seen four times, over a day: believed, although what it must contain is not there.
    expect((await details('doubted')).join(' ')).toBe(
      'first-sight degraded degraded degraded changed degraded',
    );
    expect((await checksOf('doubted')).at(1)?.content).not.toBeNull();
    expect((await details('missing')).at(-1)).toBe('gone');
    expect((await details('blocked')).at(-1)).toBe('blocked');
    // A role's word stands in for the page, for half as long as the page itself would.
    expect((await details('attested')).slice(1, 3)).toEqual(['attested', 'attested']);
    expect((await details('moved')).at(-1)).toBe('moved-host');
    expect((await details('one')).at(1)).toBe('changed-cosmetic');
    const because = async (id: string) => (await checksOf(id)).at(-1)?.reasons.at(-1);
    expect(await because('disallowed')).toBe('robots-disallowed');
    expect(await because('no-tls')).toBe('document-tls');
  });

  it('are judged again from what was seen of the access, and from the pages of the same run', async () => {
    const { exit, stdout } = await bench.run('reproduce', '--all', '--json');
    const { records } = (JSON.parse(stdout) as { data: { records: readonly Found[] } }).data;
    expect(records.filter(({ kind }) => kind !== 'same')).toEqual([]);
    expect(exit).toBe(0);
    const checks = records.filter(({ subject }) => subject.startsWith('document-check'));
    expect(checks.length).toBeGreaterThan(60);
    expect(new Set(checks.map(({ from }) => from))).toEqual(new Set(['inputs', 'observation']));
  });
});
