import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type DocumentServer, htmlPage, startDocumentServer } from '../servers/documents.ts';
import { type Bench, openBench } from './harness.ts';

const servers: DocumentServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const PAGES = ['pricing', 'limits', 'help'] as const;

const page = (name: string, amount: string): string =>
  htmlPage({
    title: name,
    main: `<h1>About ${name}</h1><p>${'What this page says is long enough to be a page. '.repeat(4)}</p>
      <h2>Terms of ${name}</h2><p>It is ${amount} for each unit that the account uses.</p>`,
  });

const planText = (host: string, change: Readonly<Record<string, string>> = {}): string => {
  const { amount = '100.00', cites = 'pricing, limits' } = change;
  return `version: 1
team: example-team
owner: finops
notify: { file: outbox }
network: { loopback: ["${host}"] }
documents:
${PAGES.map(
  (name) =>
    `  - { id: ${name}, url: "http://${host}/${name}", purpose: Verify ${name}, claims: [{ id: ${name}-terms, kind: heading, text: Terms of ${name} }] }`,
).join('\n')}
assumptions:
  - { id: unit-rate, cites: [${cites}] }
exports:
  - id: app-log
    adapter: table
    path: exports/*.csv
    zone: UTC
    table:
      format: { kind: csv, header: [ts, request, usd] }
      key: [request]
      columns: { startAt: ts, requestRef: request }
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: 2026-11-16, for: [budget-review] }
budgets:
  - { id: monthly, title: All usage, amount: "${amount}", assumption: unit-rate, at: [1.0] }
`;
};

interface Project {
  readonly bench: Bench;
  readonly server: DocumentServer;
  readonly plan: (change?: Readonly<Record<string, string>>) => Promise<void>;
  readonly usage: (day: string, usd: string) => Promise<void>;
}

/** A project whose pages are read and accepted, and whose first review has ended. */
async function openProject(): Promise<Project> {
  const server = await startDocumentServer();
  servers.push(server);
  for (const name of PAGES) server.serve(`/${name}`, page(name, '$3.00'));
  const bench = await openBench();
  await bench.run('init');
  const plan: Project['plan'] = async (change) => {
    await writeFile(join(bench.folder, 'spendproof.yaml'), planText(server.host, change));
  };
  const usage: Project['usage'] = async (day, usd) => {
    await mkdir(join(bench.folder, 'exports'), { recursive: true });
    const rows = `ts,request,usd\n${day}T10:00:00Z,r-${day},${usd}\n`;
    await writeFile(join(bench.folder, 'exports', `${day}.csv`), rows);
  };
  await plan();
  await usage('2026-11-17', '10.00');
  expect((await bench.run('docs', 'check')).exit).toBe(5);
  expect((await bench.run('docs', 'accept', ...PAGES)).exit).toBe(0);
  const review = await bench.run('review', '--json');
  expect(JSON.parse(review.stdout)).toMatchObject({ ok: true });
  return { bench, server, plan, usage };
}

const errorOf = async (bench: Bench) => {
  const { exit, stdout } = await bench.run('plan', '--json');
  const { errors } = JSON.parse(stdout) as {
    errors: readonly { code: string; details?: string[] }[];
  };
  return { exit, code: errors[0]?.code, details: errors[0]?.details?.join('\n') ?? '' };
};

describe('a change of a budget assumption', () => {
  it('is let through while its documents are fresh, accepted and say what is claimed', async () => {
    const { bench, plan } = await openProject();
    expect(await errorOf(bench)).toMatchObject({ exit: 0 });
    await plan({ amount: '150.00' });
    expect(await errorOf(bench)).toMatchObject({ exit: 0 });
    await plan({ cites: 'pricing, help' });
    expect(await errorOf(bench)).toMatchObject({ exit: 0 });
  });

  it('needs documents that were verified lately; any other change of the plan does not', async () => {
    const { bench, plan, server } = await openProject();
    bench.at('2026-12-20T08:00:00Z');
    await plan({ amount: '150.00' });
    const refused = await errorOf(bench);
    expect(refused).toMatchObject({ exit: 5, code: 'assumption-unverified' });
    expect(refused.details).toContain('unit-rate: changed since the last review: budget monthly');
    expect(refused.details).toContain('pricing: it was verified too long ago');
    expect(refused.details).not.toContain('help');
    await writeFile(
      join(bench.folder, 'spendproof.yaml'),
      planText(server.host).replace('All usage', 'Everything'),
    );
    expect(await errorOf(bench)).toMatchObject({ exit: 0 });
  });

  it('needs the text as it is now to be accepted', async () => {
    const { bench, plan, server } = await openProject();
    server.serve('/limits', page('limits', '$3.00').replace('uses.', 'really uses.'));
    await bench.run('docs', 'check', 'limits');
    await plan({ amount: '150.00' });
    const refused = await errorOf(bench);
    expect(refused).toMatchObject({ exit: 5, code: 'assumption-unverified' });
    expect(refused.details).toContain('limits: its text is not accepted');
    await bench.run('docs', 'accept', 'limits');
    expect(await errorOf(bench)).toMatchObject({ exit: 0 });
  });

  it('is refused while it is held, whatever way it takes, and its removal too', async () => {
    const { bench, plan, server } = await openProject();
    server.serve('/pricing', page('pricing', '$4.00'));
    await bench.run('docs', 'check');
    const held = { exit: 6, code: 'assumption-held' };
    expect(await errorOf(bench)).toMatchObject({ exit: 0 });
    expect((await bench.run('guard', 'assumptions')).exit).toBe(0);
    await plan({ amount: '150.00' });
    expect(await errorOf(bench)).toMatchObject(held);
    expect((await bench.run('guard', 'assumptions')).exit).toBe(6);
    await plan({ cites: 'help' });
    expect(await errorOf(bench)).toMatchObject(held);
    const text = planText(server.host);
    const path = join(bench.folder, 'spendproof.yaml');
    await writeFile(path, text.replace(', assumption: unit-rate', ''));
    expect(await errorOf(bench)).toMatchObject(held);
    await writeFile(
      path,
      text.replace(/assumptions:\n.*\n/, '').replace(', assumption: unit-rate', ''),
    );
    expect(await errorOf(bench)).toMatchObject(held);
    await plan({ amount: '150.00' });
    await bench.run('docs', 'accept', 'pricing');
    expect(await errorOf(bench)).toMatchObject({ exit: 0 });
  });

  it('makes a review fail while it is held, and every further one until it is taken back', async () => {
    const { bench, plan, server } = await openProject();
    server.serve('/pricing', page('pricing', '$4.00'));
    await bench.run('docs', 'check');
    await plan({ amount: '150.00' });
    const review = async (at: string) => {
      bench.at(at);
      const { exit, stdout } = await bench.run('review', '--json');
      const { outcome, reasons, missing } = JSON.parse(stdout).data.review.body;
      return { exit, outcome, reasons, missing };
    };
    const refused = {
      exit: 3,
      outcome: 'fail',
      reasons: expect.arrayContaining(['assumption-changed']),
      missing: expect.arrayContaining(['assumption:unit-rate']),
    };
    expect(await review('2026-11-23T09:00:00Z')).toMatchObject(refused);
    expect(await review('2026-11-30T09:00:00Z')).toMatchObject(refused);
    expect((await bench.run('reproduce', '--all')).exit).toBe(0);
    await plan();
    const { reasons } = await review('2026-11-30T10:00:00Z');
    expect(reasons).not.toContain('assumption-changed');
  });

  it('makes a review inconclusive while its documents are not verified', async () => {
    const { bench, plan, server } = await openProject();
    server.serve('/limits', page('limits', '$3.00').replace('uses.', 'really uses.'));
    await plan({ amount: '150.00' });
    const { exit, stdout } = await bench.run('review', '--json');
    expect([exit, stdout.includes('assumption-changed')]).toEqual([5, true]);
  });

  it('leaves a gap in a review when the plan before it was lost', async () => {
    const { bench, plan } = await openProject();
    await plan({ amount: '150.00' });
    const inputs = join(bench.folder, '.spendproof/inputs');
    for (const name of await readdir(inputs)) {
      if (name.endsWith('.json.gz')) await writeFile(join(inputs, name), '');
    }
    const { exit, stdout } = await bench.run('review', '--json');
    expect([exit, stdout.includes('part:earlier-plan')]).toEqual([5, true]);
  });

  it('cannot be judged without the plan of the last review', async () => {
    const { bench, plan } = await openProject();
    await plan({ amount: '150.00' });
    const inputs = join(bench.folder, '.spendproof/inputs');
    for (const name of await readdir(inputs)) {
      if (name.endsWith('.json.gz')) await writeFile(join(inputs, name), '');
    }
    expect((await bench.run('plan')).exit).not.toBe(0);
  });
});

describe('documents and thresholds', () => {
  it('a budget that crosses 100 % sends its notice although every document changed at once', async () => {
    const { bench, server, usage } = await openProject();
    for (const name of PAGES) server.serve(`/${name}`, page(name, '$9.00'));
    await usage('2026-11-18', '95.00');
    bench.at('2026-11-23T09:00:00Z');
    const { exit, stdout } = await bench.run('review', '--json');
    expect(exit).toBe(3);
    expect(stdout).toContain('document-changed');
    const outbox = join(bench.folder, 'outbox');
    const notices = await Promise.all(
      (await readdir(outbox)).map(async (name) => await readFile(join(outbox, name), 'utf8')),
    );
    const notice = notices.join('\n');
    expect(notice).toContain('All usage: 105 % of the budget');
    expect(notice).toContain('held since 2026-11-23 (unit-rate)');
    const budgets = await bench.run('budget', '--json');
    expect(budgets.stdout).toContain('unit-rate');
    expect(budgets.stdout).toContain('breached');
  });
});
