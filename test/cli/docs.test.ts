import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/index.ts';
import {
  answer,
  type DocumentServer,
  pricingPage,
  redirect,
  startDocumentServer,
} from '../servers/documents.ts';
import { type Bench, openBench } from './harness.ts';

let server: DocumentServer;
let bench: Bench;
beforeAll(async () => {
  server = await startDocumentServer();
});
afterAll(async () => {
  await server.close();
});
beforeEach(async () => {
  bench = await openBench();
  server.serve('/page', pricingPage());
  await writeFile(join(bench.folder, 'spendproof.yaml'), planText());
  await bench.run('key', 'enrol');
});

const planText = (extra = ''): string => `version: 1
network: { loopback: ["${server.host}"] }
owners: [{ id: owner }, { id: finops }]
documents:
  - id: pricing
    url: ${server.origin}/page
    purpose: Verify pricing documentation boundaries
    mustContain: [pricing]
    keep: local
    claims:
      - { id: chat, kind: endpoint, method: POST, path: /v1/chat/completions }
      - { id: own-terms, kind: attestation }
${extra}`;

const state = (...names: readonly string[]): string => join(bench.folder, '.spendproof', ...names);
async function data(...argv: readonly string[]): Promise<ReturnType<typeof JSON.parse>> {
  const { stdout } = await bench.run(...argv, '--json');
  return JSON.parse(stdout).data;
}

async function acceptFirst(): Promise<string> {
  await bench.run('docs', 'check');
  await bench.run('docs', 'attest', 'pricing', '--by', 'finops');
  const [accepted] = await data('docs', 'accept', 'pricing', '--by', 'finops');
  return accepted.content;
}

describe('docs', () => {
  it('goes from new over accepted and attested to same', async () => {
    const first = await bench.run('docs', 'check');
    expect(first.exit).toBe(5);
    expect(first.stderr).toContain('Next: read them, then spendproof docs accept pricing');
    await acceptFirst();
    const again = await bench.run('docs', 'check');
    expect(again).toMatchObject({ exit: 0 });
    expect(again.stdout).toContain('same');
  });

  it('accepts no new page that is another for each visitor, or does not say what is claimed', async () => {
    server.serveInTurn('/page', [pricingPage(), pricingPage('is what counts', 'is what matters')]);
    expect((await bench.run('docs', 'check')).exit).toBe(5);
    const unsteady = await bench.run('docs', 'accept', 'pricing');
    expect(unsteady.exit).toBe(3);
    expect(unsteady.stderr).toContain('the same text to two visitors');
    server.serve('/page', pricingPage('POST /v1/chat/completions', 'See the console.'));
    expect((await bench.run('docs', 'check')).exit).toBe(3);
    const broken = await bench.run('docs', 'accept', 'pricing');
    expect(broken.exit).toBe(3);
    expect(broken.stderr).toContain('chat is not on the page');
    server.serve('/page', pricingPage());
    await bench.run('docs', 'check');
    expect((await bench.run('docs', 'accept', 'pricing')).exit).toBe(0);
  });

  it('says where a page has gone, and records its address as a digest', async () => {
    await acceptFirst();
    server.serve('/page', redirect(301, '/new?visit=1'));
    server.serve('/new', pricingPage());
    const moved = await bench.run('docs', 'check');
    expect(moved.exit).toBe(0);
    expect(moved.stderr).toContain(`pricing is now at ${server.origin}/new\n`);
    const [event] = (await data('docs', 'history', 'pricing')).events.slice(-1);
    const record = (await bench.run('ledger', 'show', event.record, '--json')).stdout;
    expect(record).toContain(sha256(`${server.origin}/new?visit=1`));
    expect(record).not.toContain('/new');
  });

  it('accepts the text that was read and no other', async () => {
    await bench.run('docs', 'check');
    const wrong = await bench.run('docs', 'accept', 'pricing', '--digest', 'abcdefabcdef');
    expect(wrong.exit).toBe(2);
    expect(wrong.stderr).toContain('got another');
    const [event] = (await data('docs', 'history', 'pricing')).events;
    const right = await bench.run('docs', 'accept', 'pricing', '--digest', event.text);
    expect(right.exit).toBe(0);
    server.serve('/page', pricingPage('is what counts', 'is what matters'));
    await bench.run('docs', 'check');
    const late = await bench.run('docs', 'accept', 'pricing', '--digest', event.text);
    expect(late.exit).toBe(2);
    const two = await bench.run('docs', 'accept', 'pricing', 'pricing', '--digest', event.text);
    expect(two.exit).toBe(2);
  });

  it('shows a difference as text, CSV, Markdown and one page, with every value as a placeholder', async () => {
    await acceptFirst();
    server.serve(
      '/page',
      pricingPage('costs $3.00', 'costs $4.00').replace('is what counts', '<b>&lt;script&gt;</b>'),
    );
    expect(await bench.run('docs', 'check')).toMatchObject({ exit: 3 });
    const html = await bench.run('docs', 'diff', 'pricing', '--html');
    expect(html.exit).toBe(3);
    expect(html.stdout).toContain(`href="${server.origin}/page"`);
    expect(html.stdout).toContain('&lt;amount&gt;');
    expect(html.stdout).not.toMatch(/<script|[34]\.00|<img|src=|@import|url\(/);
    const text = (await bench.run('docs', 'diff', 'pricing')).stdout;
    expect(text).toContain(`Values are on the page: ${server.origin}/page\n`);
    const markdown = (await bench.run('docs', 'diff', 'pricing', '--format', 'md')).stdout;
    expect(markdown).toContain(`([live page](<${server.origin}/page#:~:text=About%20pricing>))`);
    for (const format of ['csv', 'md', 'json']) {
      const { stdout } = await bench.run('docs', 'diff', 'pricing', '--format', format);
      expect(stdout).toContain('value');
      expect(stdout).not.toMatch(/[34]\.00/);
    }
  });

  it('reads the accepted text again when the plan compares another part of it', async () => {
    await acceptFirst();
    const path = join(bench.folder, 'spendproof.yaml');
    const withPart = async (part: string): Promise<string> => {
      await writeFile(path, planText().replace('    keep: local', part));
      const { exit, stdout } = await bench.run('docs', 'check');
      return `${exit} ${stdout.split('\n')[1]}`;
    };
    // Headings tell the part of the text that was kept; elements need the bytes.
    expect(await withPart('    keep: local\n    scope: { headings: [Rates] }')).toMatch(
      /^0 pricing +same/,
    );
    expect(await withPart('    keep: local\n    scope: { css: main > p }')).toMatch(
      /^0 pricing +same/,
    );
    await rm(state('documents', 'bodies'), { recursive: true });
    expect(await withPart('    scope: { css: "main > p, main > table" }')).toMatch(
      /^5 pricing +new/,
    );
  });

  it('lists everything that happened to a document', async () => {
    await acceptFirst();
    const { events } = await data('docs', 'history', 'pricing');
    expect(
      events.map(({ event, by }: { event: string; by: string | null }) => `${event} ${by}`),
    ).toEqual(['check null', 'attest finops', 'accept finops']);
    const { stdout } = await bench.run('docs', 'history', 'pricing', '--format', 'csv');
    expect(stdout.split('\r\n')[0]).toBe('at,event,what,text,by,record');
    expect((await bench.run('docs', 'history', 'pircing')).stderr).toContain(
      'Did you mean pricing?',
    );
  });

  it('writes lists, contracts, acceptances and attestations as CSV', async () => {
    await acceptFirst();
    await bench.run('docs', 'check');
    for (const argv of [['list'], ['contracts'], ['accept', 'pricing'], ['attest', 'pricing']]) {
      const { stdout, exit } = await bench.run('docs', ...argv, '--format', 'csv');
      expect(exit).toBe(0);
      expect(stdout.split('\r\n').length).toBeGreaterThanOrEqual(2);
    }
  });

  it('says that a check has grown old without asking the network', async () => {
    await acceptFirst();
    await bench.run('docs', 'check');
    const asked = server.requests.length;
    bench.at('2026-12-23T08:00:00Z');
    const old = await bench.run('docs', 'list');
    expect(old.exit).toBe(5);
    expect(old.stdout).toMatch(/stale|too long ago/);
    expect(server.requests.length).toBe(asked);
  });

  it('attests with proof, refuses unknown claims, and keeps only the digest of the file', async () => {
    await writeFile(join(bench.folder, 'terms.pdf'), 'our own terms');
    const done = await data('docs', 'attest', 'pricing', '--claim', 'chat', '--proof', 'terms.pdf');
    expect(done).toMatchObject({ claims: ['chat'], by: 'owner' });
    expect(done.file).toMatch(/^sha256:/);
    const wrong = await bench.run('docs', 'attest', 'pricing', '--claim', 'chta');
    expect(wrong).toMatchObject({ exit: 2 });
    expect(wrong.stderr).toContain('Did you mean chat?');
    const missing = await bench.run('docs', 'attest', 'pricing', '--proof', 'nowhere.pdf');
    expect(missing.exit).toBe(2);
  });

  it.each([
    [['accept', 'pricnig'], 'document', 'Did you mean pricing?'],
    [['accept', 'pricing', '--by', 'nobody'], 'role', 'The plan has: owner, finops.'],
    [['attest', 'terms'], 'document', 'The plan has: pricing.'],
    [['attest', 'pricing', '--by', 'nobody'], 'role', 'The plan has: owner, finops.'],
  ])('knows the names of the plan alone: docs %j', async (argv, what, hint) => {
    const { exit, stderr } = await bench.run('docs', ...argv);
    expect(exit).toBe(2);
    expect(stderr).toContain(`Expected the name of a ${what} of the plan`);
    expect(stderr).toContain(hint);
  });

  it('asks for a claim where a page shows all of them', async () => {
    const path = join(bench.folder, 'spendproof.yaml');
    await writeFile(path, planText().replace(/.*own-terms.*\n/, ''));
    const { exit, stderr } = await bench.run('docs', 'attest', 'pricing');
    expect(exit).toBe(2);
    expect(stderr).toContain('Name what you have seen: --claim chat.');
  });

  it('believes a role about a page that refuses us, for half as long', async () => {
    await acceptFirst();
    server.serve('/page', answer(403, ''));
    expect((await bench.run('docs', 'check')).stderr).toContain('docs attest pricing');
    await bench.run('docs', 'attest', 'pricing', '--claim', 'chat', 'own-terms');
    const attested = await bench.run('docs', 'check');
    expect(attested).toMatchObject({ exit: 0 });
    bench.at('2026-12-01T08:00:00Z');
    expect((await bench.run('docs', 'check')).exit).toBe(5);
  });

  it('archives bodies where the plan asks, and prunes them after their retention', async () => {
    await acceptFirst();
    expect(await readdir(state('documents', 'bodies'))).toHaveLength(1);
    server.serve('/page', pricingPage('is what counts', 'is what matters'));
    bench.at('2026-12-23T08:00:00Z');
    await bench.run('docs', 'check');
    expect(await readdir(state('documents', 'bodies'))).toHaveLength(2);
    bench.at('2027-02-25T08:00:00Z');
    await bench.run('docs', 'check');
    expect(await readdir(state('documents', 'bodies'))).toHaveLength(1);
  });

  it('asks for an unchanged page with its validator, and does without a memory that is broken', async () => {
    const etag = { etag: '"one"' };
    const asked: (string | undefined)[] = [];
    server.serve('/page', (request, response) => {
      const validator = request.headers['if-none-match'];
      asked.push(validator);
      const isSame = validator === etag.etag;
      answer(isSame ? 304 : 200, isSame ? '' : pricingPage(), etag)(request, response);
    });
    await acceptFirst();
    await bench.run('docs', 'check');
    // A new page is read twice, and never by its validator.
    expect(asked).toEqual([undefined, undefined, '"one"']);
    expect((await data('docs', 'list'))[0]).toMatchObject({
      state: expect.stringContaining('same'),
    });
    await writeFile(state('documents', 'validators.json'), '{broken');
    expect(await bench.run('docs', 'check')).toMatchObject({ exit: 0 });
    expect(asked.at(-1)).toBeUndefined();
    expect(await readFile(state('documents', 'validators.json'), 'utf8')).toContain(
      String.raw`\"one\"`,
    );
  });

  it('records as many claims as a plan may have, whatever their names, and refuses more', async () => {
    const claims = (count: number): string =>
      Array.from(
        { length: count },
        (_, index) => `      - { id: ${`c${index}`.padEnd(63, 'x')}, kind: attestation }`,
      ).join('\n');
    const path = join(bench.folder, 'spendproof.yaml');
    server.serve('/page', redirect(301, '/new'));
    server.serve('/new', pricingPage());
    await writeFile(path, `${planText()}${claims(30)}\n`);
    expect((await bench.run('docs', 'check')).exit).toBe(5);
    await writeFile(path, `${planText()}${claims(31)}\n`);
    const refused = await bench.run('docs', 'check');
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toContain('expected at most 32 claims');
  });

  it('believes a page without its canary after four checks over a day', async () => {
    await acceptFirst();
    server.serve('/page', pricingPage().replaceAll(/pricing/gi, 'rates'));
    for (const at of ['08:00', '16:00', '23:00']) {
      bench.at(`2026-11-24T${at}:00Z`);
      expect((await bench.run('docs', 'check')).exit).toBe(5);
    }
    bench.at('2026-11-25T07:59:00Z');
    expect((await bench.run('docs', 'check')).exit).toBe(5);
    bench.at('2026-11-25T09:00:00Z');
    expect((await bench.run('docs', 'check')).exit).toBe(3);
    const { events } = await data('docs', 'history', 'pricing');
    expect(events.at(-1).what).toMatch(/^changed/);
  });
});
