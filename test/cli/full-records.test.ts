import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { htmlPage, type DocumentServer, startDocumentServer } from '../servers/documents.ts';
import { type Bench, openBench } from './harness.ts';

const PAGES = ['one', 'two', 'three'];
const CLAIMS = 32;
const ASSUMPTIONS = 16;

let server: DocumentServer;
let bench: Bench;

beforeAll(async () => {
  server = await startDocumentServer();
  bench = await openBench('2026-11-23T08:00:00Z');
  serve('Part');
  await bench.run('init');
  await writeFile(join(bench.folder, 'spendproof.yaml'), plan());
});
afterAll(async () => await server.close());

describe('a review that has more to say than its records can name', () => {
  it('holds every assumption when every claim that all of them cite is broken', async () => {
    await bench.run('docs', 'check');
    await bench.run('docs', 'accept', ...PAGES, '--by', 'finops');
    serve('Piece');
    const { exit, stdout } = await bench.run('review');
    expect(stdout).toContain('FAIL');
    expect(exit).toBe(3);
    for (let index = 0; index < ASSUMPTIONS; index += 1) {
      expect(stdout).toContain(`a-${index} since 2026-11-23`);
    }
    expect((await bench.run('ledger', 'verify')).exit).toBe(0);
  });

  it('does not record the same holds again', async () => {
    const holds = async () =>
      (await bench.run('ledger', 'log', '--limit', '1000')).stdout.match(/ hold /g)?.length ?? 0;
    const before = await holds();
    bench.at('2026-11-24T08:00:00Z');
    await bench.run('review');
    expect(before).toBeGreaterThanOrEqual(ASSUMPTIONS);
    expect(await holds()).toBe(before);
  });

  it('says that there is more that it does not cover', async () => {
    await writeFile(join(bench.folder, 'spendproof.yaml'), plan(40));
    const { stdout } = await bench.run('review');
    expect(stdout).toContain('and others: the record has no room to name them');
    const listed = await bench.run('plan', '--json');
    expect(listed.stdout.match(/"metric:requests-\d+"/g)).toHaveLength(40);
  });

  it.each([
    ['assumptions', plan(0, { assumptions: ASSUMPTIONS + 1 }), 'at most 16 assumptions'],
    ['cites', plan(0, { cites: 17 }), 'at most 16 cites'],
  ])('refuses a plan with more %s than records can name', async (_what, text, message) => {
    await writeFile(join(bench.folder, 'spendproof.yaml'), text);
    const { exit, stderr } = await bench.run('plan');
    expect(exit).toBe(2);
    expect(stderr).toContain(message);
  });
});

function serve(word: string): void {
  const headings = Array.from(
    { length: CLAIMS },
    (_, index) => `<h2>${word} ${index}</h2><p>What the page says of its part ${index}.</p>`,
  );
  for (const id of PAGES) {
    server.serve(
      `/${id}`,
      htmlPage({ title: `Page ${id}`, main: `<h1>Page ${id}</h1>${headings.join('')}` }),
    );
  }
}

/** Metrics without an export are not covered, one by one. */
function plan(metrics = 0, { assumptions = ASSUMPTIONS, cites = PAGES.length } = {}): string {
  const list = (count: number, item: (index: number) => unknown) =>
    JSON.stringify(Array.from({ length: count }, (_, index) => item(index)));
  return `version: 1
network: { loopback: ["${server?.host ?? '127.0.0.1:1'}"] }
owner: finops
documents: ${JSON.stringify(
    PAGES.map((id) => ({
      id,
      url: `${server?.origin ?? 'http://127.0.0.1:1'}/${id}`,
      purpose: 'Show many claims',
      claims: Array.from({ length: CLAIMS }, (_, index) => ({
        id: `${id}-${index}`,
        kind: 'heading',
        text: `Part ${index}`,
      })),
    })),
  )}
assumptions: ${list(assumptions, (index) => ({
    id: `a-${index}`,
    cites: Array.from({ length: cites }, (_, cite) => PAGES[cite % PAGES.length]),
  }))}
metrics: ${list(metrics, (index) => ({
    id: `requests-${index}`,
    question: 'What does a request cost?',
    numerator: { cost: 'charged' },
    denominator: { count: 'operations' },
  }))}
`;
}
