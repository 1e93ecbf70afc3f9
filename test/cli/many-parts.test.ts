import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DocumentServer, pricingPage, startDocumentServer } from '../servers/documents.ts';
import { type Bench, openBench } from './harness.ts';

/** More than one record can name: 40 parts, 8 KiB (decision 0013). */
const DOCUMENTS = 52;
const names = Array.from({ length: DOCUMENTS }, (_, n) => `page-${String(n).padStart(2, '0')}`);
const CHANGED = 'page-50';
const BROKEN = 'page-51';

interface Listed {
  readonly records: readonly { readonly kind: string; readonly subject: string }[];
}

let server: DocumentServer;
let bench: Bench;

const plan = (): string => `version: 1
network: { loopback: ["${server.host}"] }
owner: finops
documents:
${names.map((id) => `  - { id: ${id}, url: ${server.origin}/${id}, purpose: Read ${id}, keep: local, claims: [{ id: ${id}-chat, kind: endpoint, method: POST, path: /v1/chat/completions }] }`).join('\n')}
`;

async function listed(...argv: readonly string[]): Promise<Listed & { readonly exit: number }> {
  const { exit, stdout, stderr } = await bench.run(...argv, '--json');
  const { data } = JSON.parse(stdout) as { readonly data: Listed | null };
  if (data === null) throw new Error(`${argv.join(' ')}: ${stdout}${stderr}`);
  return { exit, ...data };
}

describe('a review of more parts than one record names', () => {
  beforeAll(async () => {
    server = await startDocumentServer();
    for (const id of names) server.serve(`/${id}`, pricingPage());
    bench = await openBench();
    await writeFile(join(bench.folder, 'spendproof.yaml'), plan());
    await bench.run('init');
    await bench.run('docs', 'check');
    const accepted = await bench.run('docs', 'accept', ...names, '--by', 'finops');
    expect(accepted.exit, accepted.stderr).toBe(0);
    // Both stand in the second list, so that the outcome rests on it.
    server.serve(`/${CHANGED}`, pricingPage('billed by the token', 'billed by the request'));
    server.serve(`/${BROKEN}`, pricingPage('/v1/chat/completions', '/v1/other'));
  });
  afterAll(async () => await server.close());

  it('names each of them in lists, and judges by all', async () => {
    const review = await bench.run('review');
    expect(review.exit, review.stderr).toBe(3);
    expect(review.stdout).toContain(`${DOCUMENTS - 2} same, 2 changed (${CHANGED}, ${BROKEN})`);
    const log = await listed('ledger', 'log', '--limit', '200');
    expect(log.records.filter(({ kind }) => kind === 'review-parts')).toHaveLength(2);
    expect(log.records.findIndex(({ kind }) => kind === 'review')).toBeLessThan(
      log.records.findIndex(({ kind }) => kind === 'review-parts'),
    );
  });

  it('shows all of them in its report and its handoff', async () => {
    const { stdout } = await bench.run('review', 'show', '2026-W47', '--format', 'md');
    expect(names.filter((id) => !stdout.includes(id))).toEqual([]);
    const guarded = await bench.run('guard', 'handoff');
    expect(guarded.exit, guarded.stdout).toBe(0);
  });

  it('derives all of them again, by its name and with the whole ledger', async () => {
    const one = await listed('reproduce', '2026-W47');
    expect(one.records.filter(({ kind }) => kind !== 'same')).toEqual([]);
    const documents = one.records.filter(({ subject }) => subject.startsWith('document-check'));
    expect(new Set(documents.map(({ subject }) => subject.split(' ')[1]))).toEqual(new Set(names));
    expect(one.exit).toBe(0);
    const all = await listed('reproduce', '--all');
    expect(all.records.filter(({ kind }) => kind !== 'same')).toEqual([]);
    expect(all.exit).toBe(0);
  });

  it('verifies', async () => {
    expect((await bench.run('ledger', 'verify')).exit).toBe(0);
  });
});
