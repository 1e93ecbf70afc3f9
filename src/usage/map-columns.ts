/** What a column of an unknown table may mean. */
export const MEANINGS = [
  'startAt',
  'requestRef',
  'modelRequested',
  'keyRef',
  'input',
  'output',
  'cacheRead',
  'cacheWrite',
  'reasoning',
  'total',
  'cost',
] as const;
export type Meaning = (typeof MEANINGS)[number];

/** Names that people and products give, the surest first; a name is compared in lower case with `_` for every other mark. */
const NAMES: Readonly<Record<Meaning, readonly RegExp[]>> = {
  startAt: [
    /^(timestamp|created_at|createdat|start_time|starttime|start_at|time|ts|datetime)$/,
    /^date$/,
    /(_at|_time|timestamp)$/,
  ],
  requestRef: [/^(request_id|requestid|generation_id|response_id)$/, /^(id|uuid)$/, /^request$/],
  modelRequested: [/^(model|model_name|model_id|model_requested|model_permaslug)$/, /model/],
  keyRef: [/^(api_key_name|key_name|token_name|key_alias)$/],
  cacheRead: [
    /(cached|cache_read|cache_hit).*(token|input|prompt)/,
    /(token|input|prompt).*(cached|cache_read|cache_hit)/,
    /^(cached|cache_read)$/,
  ],
  cacheWrite: [/cache_(write|creation)/, /w_cache_write/],
  reasoning: [
    /(reasoning|thoughts?|thinking).*token/,
    /token.*(reasoning|thoughts?|thinking)/,
    /^(reasoning|thoughts|thinking)$/,
  ],
  // A bare `total` may be money; then no way of counting gives it, and the mapping says so.
  total: [/^(total_tokens|tokens_total|totaltokens|total_token_count|totaltokencount)$/, /^total$/],
  input: [
    /^(input_tokens|prompt_tokens|tokens_prompt|tokens_input|inputtokens|prompttokens|tokens_in)$/,
    /(prompt|input|context).*tokens?/,
    /^(in|input|prompt)$/,
  ],
  output: [
    /^(output_tokens|completion_tokens|tokens_completion|tokens_output|outputtokens|completiontokens|tokens_out)$/,
    /(completion|output|candidates|generated).*tokens?/,
    /^(out|output|completion)$/,
  ],
  cost: [/^(cost|spend|charge|amount|cost_usd|usd|cost_total|total_cost)$/, /cost|spend/],
};

// Cached and reasoning tokens have `input` and `output` in their names too, so they are looked for first.
const ORDER: readonly Meaning[] = [
  'startAt',
  'requestRef',
  'modelRequested',
  'keyRef',
  'total',
  'cacheWrite',
  'cacheRead',
  'reasoning',
  'input',
  'output',
  'cost',
];

/** Guesses by its name alone what each column means; of two candidates the surer, then the earlier one. */
export function guessColumns(header: readonly string[]): Partial<Record<Meaning, string>> {
  const free = new Map(header.map((name) => [name, plain(name)]));
  const found: Partial<Record<Meaning, string>> = {};
  for (const meaning of ORDER) {
    const name = NAMES[meaning]
      .flatMap((pattern) => [...free].filter(([, text]) => pattern.test(text)))
      .map(([original]) => original)[0];
    if (name === undefined) continue;
    found[meaning] = name;
    free.delete(name);
  }
  return found;
}

/** Reads the unit of money that the name of a column says, and US dollars where it says none: a person decides it anyway. */
export function unitIn(name: string): string {
  const words = plain(name).split('_');
  const sign = [...SIGNS].find(([mark]) => name.includes(mark))?.[1];
  const code = words.find((word) => CURRENCIES.has(word))?.toUpperCase() ?? sign ?? 'USD';
  return words.some((word) => /^cents?$/.test(word)) ? `${code}-cents` : code;
}

const SIGNS: ReadonlyMap<string, string> = new Map([
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['¥', 'JPY'],
  ['₹', 'INR'],
]);

/** Codes that are no English word and no name of a column. */
const CURRENCIES: ReadonlySet<string> = new Set(
  'aed aud brl cad chf clp cny cop czk dkk eur gbp hkd huf idr ils inr jpy krw mxn myr nok nzd php pln ron sar sek sgd thb twd uah usd vnd zar'.split(
    ' ',
  ),
);

/** The last name of a dotted path says what it is; its parents say of what. */
const plain = (name: string): string =>
  (name.split('.').at(-1) ?? name)
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase();
