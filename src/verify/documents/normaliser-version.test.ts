import { describe, expect, it } from 'vitest';
import { normalisePage } from './normalise.ts';
import { digestDocument, NORMALISER } from './normalised.ts';

/** Pages with something for each rule of the normaliser, and what `nd1` makes of them. */
const PAGES = [
  {
    contentType: 'text/html',
    text: `\ufeff<!doctype html><html lang="en-GB"><head><title>Rates</title><link rel="canonical" href="/rates"><body>
<header><nav><a href="/">Home</a> <a href="/docs">Docs</a></nav></header><div class="cookie-banner">We use cookies.</div>
<main><h1>Rates <a href="#rates">#</a></h1><p>Updated 3 days ago. Use\u00ad \u200bthe&nbsp;console <code>a\u0301</code>.</p>
<ul><li>One<ul><li>Two</li></ul></li><li><a href="/three?visit=1#x">Three and a text of some length that is no menu at all here</a></li></ul>
<dl><dt>Term</dt><dd>Meaning</dd></dl><pre>POST /v1/x  \r\n  {}</pre>
<table><caption>Limits</caption><tr><th>Name<th>Value<tr><td>a<td>\u00a0b\tc</table>
<p hidden>unseen</p><script>let unseen</script><p><a href="/next">Next</a></p><p>© 2026 Example</p></main></html>`,
    content: 'sha256:c46c9fbc888f788ada78a74857b1716624723ab3b739c6ffcd3cff410a6aff41',
  },
  {
    contentType: 'text/markdown',
    text: '---\ntitle: Rates\n---\n# Rates #\n\nUse **the** [console](/c "t").\n\n- one\n- two\n\n| A | B |\n|---|---|\n| 1 | `x` |\n\n```sh\ncurl -X POST\n```\n',
    content: 'sha256:95f2370337d933a284bd3d827885eb5131abeed06cda04229ef378d6daa57263',
  },
  {
    contentType: 'application/json',
    text: '{"paths":{"/b":{"post":{"x":[]}},"/a":{"get":{"y":1}}},"openapi":"3.1.0"}',
    content: 'sha256:5ba7d8c1e6c971e89c3a2cd85ffa36ec783f10a12c62410b7b0eea55a058073c',
  },
  {
    contentType: 'text/plain',
    text: 'One\ntwo.\n\nThree.',
    content: 'sha256:325337c4037a5b35918f03b73a0e9366093d52736cd978142d3eb13a480439ef',
  },
];

describe('the normaliser', () => {
  it.each(PAGES)('gives $contentType the digest that its version gave', (page) => {
    const { contentType, text, content } = page;
    const body = new TextEncoder().encode(text);
    const result = normalisePage({ body, contentType, url: 'https://docs.example/rates' });
    if (result.kind === 'degraded') throw new Error(result.problem);
    // Another digest here is another normaliser: raise its version, so that accepted texts are upgraded and nothing "changed".
    expect([NORMALISER, digestDocument(result.document).content]).toEqual(['nd1', content]);
  });
});
