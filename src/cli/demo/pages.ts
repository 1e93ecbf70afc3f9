const page = (title: string, main: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body><header><nav><a href="/">Home</a> <a href="/pricing">Pricing</a> <a href="/help">Help</a></nav></header>
<main><h1>${title}</h1>
${main}
</main><footer>Example provider. This page was served by the demo on your own machine.</footer></body></html>
`;

/** The example provider's documentation: three pages in the shape that real ones have, without a single price. */
export const PAGES: Readonly<Record<string, string>> = {
  '/': page(
    'API reference',
    `<p>Start here. Every request is authenticated with a bearer key that you create in the console.</p>
<h2>Create a chat completion</h2>
<pre><code>POST /v1/chat/completions</code></pre>
<p>Send a model name and a list of messages. The answer carries an <code>id</code>, the <code>model</code> that served it and a <code>usage</code> object.</p>
<table><tr><th>Field</th><th>Meaning</th></tr>
<tr><td><code>usage.prompt_tokens</code></td><td>Tokens read, cached ones included</td></tr>
<tr><td><code>usage.completion_tokens</code></td><td>Tokens written</td></tr></table>
<h2>Errors</h2>
<p>A wrong key is answered with status 401 and an error envelope. The request id stands inside the message.</p>`,
  ),
  '/pricing': page(
    'About pricing',
    `<p>Pricing depends on the model and on the account. This page explains how a charge is computed; the numbers stand in your console.</p>
<h2>How a charge is computed</h2>
<p>Input and output tokens are counted separately. Cached input is charged at a reduced ratio.</p>
<h2>When it is posted</h2>
<p>Usage is posted to the daily quota report of the next day.</p>`,
  ),
  '/help': page(
    'Help Center',
    `<p>Ask billing and usage questions here.</p>
<h2>Billing questions</h2>
<p>Open a request with your account id and the date range. Never send a key.</p>
<h2>Usage questions</h2>
<p>Name the request id of the call you ask about.</p>`,
  ),
};
