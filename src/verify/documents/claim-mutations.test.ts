import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../plan/index.ts';
import { judgeClaim } from './claims.ts';
import { normalisePage } from './normalise.ts';

// Claims under mutation (issue 4): one edit of the page breaks exactly the claim it is about, and none else.

interface Part {
  readonly name: string;
  readonly heading: string;
  readonly method: string;
  readonly path: string;
  readonly linkHost: string;
  readonly token: string;
  readonly parameter: string;
  readonly columns: readonly string[];
  readonly note: string;
}

interface Page {
  readonly lang: string;
  readonly host: string;
  readonly parts: readonly Part[];
}

const WORDS = ['batch', 'chat', 'embed', 'file', 'image', 'model', 'speech', 'tune'];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

const pages: fc.Arbitrary<Page> = fc
  .record({
    names: fc.shuffledSubarray(WORDS, { minLength: 3 }),
    methods: fc.array(fc.constantFrom(...METHODS), { minLength: 8, maxLength: 8 }),
    version: fc.constantFrom('v1', 'v1beta', '2024'),
    deep: fc.boolean(),
  })
  .map(({ names, methods, version, deep }) => ({
    lang: 'en',
    host: 'docs.example.com',
    parts: names.map((name, index) => ({
      name,
      heading: `Use of ${name}s`,
      method: methods[index] ?? 'GET',
      path: deep ? `/${version}/${name}s/{id}/runs` : `/${version}/${name}s`,
      linkHost: `${name}.example.com`,
      token: `X-${name}-Trace`,
      parameter: `${name}_size`,
      columns: ['Name', `${name} type`, 'Meaning'],
      note: `A ${name} is made from what you send.`,
    })),
  }));

interface Mutation {
  readonly kind: string;
  readonly apply: (page: Page, part: Part) => Page;
  /** Kinds of claims about the part that break; `page` stands for the claims about the page. */
  readonly breaks: readonly string[];
  readonly unjudged?: readonly string[];
  readonly deprecates?: true;
}

const onPart =
  (change: (part: Part) => Partial<Part>) =>
  (page: Page, part: Part): Page => ({
    ...page,
    parts: page.parts.map((one) => (one.name === part.name ? { ...one, ...change(one) } : one)),
  });

const MUTATIONS: readonly Mutation[] = [
  {
    kind: 'rename a path',
    apply: onPart(({ path }) => ({ path: `${path}-new` })),
    breaks: ['endpoint', 'openapi-operation'],
  },
  {
    kind: 'cut a path',
    apply: onPart(({ name }) => ({ path: `/${name}` })),
    breaks: ['endpoint', 'openapi-operation'],
  },
  {
    kind: 'lengthen a path',
    apply: onPart(({ path }) => ({ path: `${path}/more` })),
    breaks: ['endpoint', 'openapi-operation'],
  },
  {
    kind: 'change a method',
    apply: onPart(() => ({ method: 'PATCH' })),
    breaks: ['endpoint', 'openapi-operation'],
  },
  {
    kind: 'delete a heading',
    apply: onPart(() => ({ heading: '' })),
    breaks: ['heading', 'anchor'],
    unjudged: ['table-shape', 'absent'],
  },
  {
    kind: 'rename a heading',
    apply: onPart(({ name }) => ({ heading: `About ${name}` })),
    breaks: ['heading', 'anchor'],
    unjudged: ['table-shape', 'absent'],
  },
  {
    kind: 'retarget a host',
    apply: onPart(({ name }) => ({ linkHost: `${name}.example.net` })),
    breaks: ['link'],
  },
  {
    kind: 'rename a token',
    apply: onPart(({ token }) => ({ token: `${token}-Id` })),
    breaks: ['code-token'],
  },
  {
    kind: 'rename a parameter',
    apply: onPart(({ parameter }) => ({ parameter: `${parameter}_max` })),
    breaks: ['parameter'],
  },
  {
    kind: 'rename a column',
    apply: onPart(({ name }) => ({ columns: ['Name', `${name} kind`, 'Meaning'] })),
    breaks: ['table-shape'],
  },
  {
    kind: 'reorder columns',
    apply: onPart(({ columns }) => ({ columns: columns.toReversed() })),
    breaks: ['table-shape'],
  },
  {
    kind: 'reword a quote',
    apply: onPart(({ name }) => ({ note: `A ${name} comes from what you send.` })),
    breaks: ['text'],
  },
  {
    kind: 'insert "deprecated"',
    apply: onPart(({ note }) => ({ note: `${note} It is deprecated.` })),
    breaks: ['absent'],
    deprecates: true,
  },
  { kind: 'translate the page', apply: (page) => ({ ...page, lang: 'de' }), breaks: ['page-lang'] },
  {
    kind: 'move the page',
    apply: (page) => ({ ...page, host: 'docs.example.net' }),
    breaks: ['host'],
  },
  {
    kind: 'reword around',
    apply: (page) => ({ ...page, parts: page.parts.toReversed() }),
    breaks: [],
  },
];

type Form = 'html' | 'markdown' | 'openapi';

/** Claims that each form of a page can carry. */
const CLAIM_KINDS: Readonly<Record<Form, readonly string[]>> = {
  html: [
    'heading',
    'anchor',
    'text',
    'absent',
    'code-token',
    'parameter',
    'table-shape',
    'link',
    'endpoint',
    'page-lang',
    'host',
  ],
  markdown: [
    'heading',
    'anchor',
    'text',
    'absent',
    'code-token',
    'parameter',
    'table-shape',
    'link',
    'endpoint',
    'host',
  ],
  openapi: ['endpoint', 'openapi-operation', 'parameter', 'host'],
};

function claimsOf(page: Page, form: Form): readonly Claim[] {
  const all = page.parts.flatMap((part) => {
    const claim = (kind: string, rest: object) =>
      ({ id: `${kind}.${part.name}`, kind, ...rest }) as Claim;
    const under = part.heading;
    return [
      claim('heading', { text: part.heading }),
      claim('anchor', { anchor: slugOf(part.heading) }),
      claim('text', { quote: part.note }),
      claim('absent', { text: 'deprecated', under }),
      claim('code-token', { token: part.token }),
      claim('parameter', { name: part.parameter }),
      claim('table-shape', { columns: part.columns, under }),
      claim('link', { to: `${part.linkHost}/{lang}/help` }),
      claim('endpoint', { method: part.method, path: part.path }),
      claim('openapi-operation', { method: part.method, path: part.path, param: part.parameter }),
    ];
  });
  const ofPage = [
    { id: 'page-lang.page', kind: 'page-lang', lang: 'en' },
    { id: 'host.page', kind: 'host' },
  ] as const;
  return [...all, ...ofPage].filter(({ kind }) => CLAIM_KINDS[form].includes(kind));
}

const slugOf = (heading: string): string => heading.toLowerCase().replaceAll(' ', '-');

const WRITERS: Readonly<Record<Form, { type: string; write: (page: Page) => string }>> = {
  html: {
    type: 'text/html',
    write: ({ lang, parts }) =>
      `<html lang="${lang}"><body><main><h1>Reference</h1><p>${'Words of the page. '.repeat(9)}</p>${parts
        .map(
          (part) =>
            `${part.heading === '' ? '' : `<h2 id="${slugOf(part.heading)}">${part.heading}</h2>`}<p>${part.note}</p>
             <pre>curl -X ${part.method} https://api.example.com${part.path}</pre><p>Send <code>${part.token}</code>, read
             <a href="https://${part.linkHost}/en/help?x=${part.name}">our help about it</a> and more.</p>
             <ul><li><code>${part.parameter}</code> integer</li></ul>
             <table><tr>${part.columns.map((one) => `<th>${one}</th>`).join('')}</tr><tr><td>1</td><td>2</td><td>3</td></tr></table>`,
        )
        .join('')}</main></body></html>`,
  },
  markdown: {
    type: 'text/markdown',
    write: ({ parts }) =>
      `# Reference\n\n${parts
        .map(
          (part) =>
            `${part.heading === '' ? '' : `## ${part.heading}`}\n\n${part.note}\n\n\`${part.method} ${part.path}\`\n\nSend \`${part.token}\`, read [help](https://${part.linkHost}/en/help).\n\n- \`${part.parameter}\` integer\n\n| ${part.columns.join(' | ')} |\n|---|---|---|\n| 1 | 2 | 3 |\n`,
        )
        .join('\n')}`,
  },
  openapi: {
    type: 'application/json',
    write: ({ parts }) =>
      JSON.stringify({
        openapi: '3.1.0',
        paths: Object.fromEntries(
          parts.map((part) => [
            part.path,
            {
              [part.method.toLowerCase()]: {
                description: part.note,
                parameters: [{ name: part.parameter, in: 'query' }],
              },
            },
          ]),
        ),
      }),
  },
};

/** A parameter is a part of what an OpenAPI operation takes: renaming it breaks both claims. */
const breaksIn = (form: Form, mutation: Mutation): readonly string[] =>
  form === 'openapi' && mutation.kind === 'rename a parameter'
    ? [...mutation.breaks, 'openapi-operation']
    : mutation.breaks;

function judgeAll(page: Page, claims: readonly Claim[], form: Form) {
  const { type, write } = WRITERS[form];
  const url = new URL(`https://${page.host}/reference`);
  const result = normalisePage({
    body: Buffer.from(write(page)),
    contentType: type,
    url: url.href,
  });
  if (result.kind === 'degraded') throw new Error(result.problem);
  const planned = new URL('https://docs.example.com/reference');
  const subject = { document: result.document, url, planned, attested: [] };
  return claims.map((claim) => judgeClaim(claim, subject));
}

/** 16 mutations, 3 forms, 12 pages each: 576. `SPENDPROOF_RUNS` multiplies the pages. */
const RUNS = 12 * Number(process.env['SPENDPROOF_RUNS'] ?? '1');

describe('claims under mutation', () => {
  const cases = MUTATIONS.flatMap((mutation) =>
    (['html', 'markdown', 'openapi'] as const).map(
      (form) => [mutation.kind, form, mutation] as const,
    ),
  );

  it('are mutated at least 500 times', () => {
    expect(cases.length * RUNS).toBeGreaterThanOrEqual(500);
  });

  it.each(cases)('%s in %s breaks the claims about it and none else', (_, form, mutation) => {
    fc.assert(
      fc.property(pages, fc.nat(), (page, pick) => {
        const part = page.parts[pick % page.parts.length];
        if (part === undefined) return;
        const claims = claimsOf(page, form);
        const before = judgeAll(page, claims, form);
        expect(before.every(({ result, deprecated }) => result === 'holds' && !deprecated)).toBe(
          true,
        );
        const after = judgeAll(mutation.apply(page, part), claims, form);
        const idsOf = (kinds: readonly string[]) =>
          claims
            .filter(
              ({ id, kind }) =>
                kinds.includes(kind) && [part.name, 'page'].includes(id.split('.')[1] ?? ''),
            )
            .map(({ id }) => id);
        const found = (result: string) =>
          after.filter((one) => one.result === result).map(({ claim }) => claim);
        expect(found('broken')).toEqual(idsOf(breaksIn(form, mutation)));
        expect(found('not-evaluable')).toEqual(idsOf(mutation.unjudged ?? []));
        const near = after.filter(({ deprecated }) => deprecated).map(({ claim }) => claim);
        const inSection = [
          'heading',
          'text',
          'code-token',
          'parameter',
          'table-shape',
          'endpoint',
          'openapi-operation',
        ];
        expect(near).toEqual(mutation.deprecates === true ? idsOf(inSection) : []);
      }),
      { numRuns: RUNS },
    );
  });
});
