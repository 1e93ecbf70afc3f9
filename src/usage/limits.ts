/**
 * Lists what an export cannot tell, each with the sentence that people read. Alphabetical.
 */
export const LIMITS = {
  'agent-spans-skipped':
    'Spans of agents, tools and workflows sum up the calls inside them and are skipped; tokens of a call without a span of its own are missing.',
  'cache-semantics-unknown':
    'Nobody said whether input tokens contain cached ones, so rows with cached tokens have no known input.',
  'cache-split-missing':
    'Input tokens are not split into cached and uncached, so cache savings cannot be shown.',
  'cost-is-an-estimate':
    'Its cost is an estimate at list prices and nobody’s charge; it is kept apart from charged cost.',
  'cost-missing': 'The file holds no cost; add a cost export of the same days to see money.',
  'cost-without-usage':
    'Cost pages name money by line item; tokens and requests are on the separate usage pages.',
  'currency-from-format': 'The format, not the file, says that amounts are in US dollars.',
  'currency-missing': 'The file names no currency for its costs.',
  'float-money':
    'Amounts are written as binary floats; they are read as printed and rounded at 10⁻¹⁸.',
  'hidden-retries':
    'Retries and fallbacks inside the gateway are counted as attempts; completed operations are not told.',
  'key-dimension-missing': 'Rows do not name an API key, so spend cannot be split by key.',
  'model-dimension-missing': 'Rows do not name a model, so spend cannot be split by model.',
  'money-in-four-decimals':
    'Amounts are rounded to four decimals, so small charges are cut and sums differ from exact ones.',
  'money-in-six-decimals':
    'Amounts are rounded to six decimals, so a charge below a millionth reads as zero.',
  'more-pages': 'The export says that more pages exist which are not in this file.',
  'no-natural-key':
    'Rows carry no identifier; two equal rows cannot be told from one row exported twice.',
  'outcome-missing': 'Rows do not say whether a request succeeded.',
  'own-accounts-in-charge':
    'The total adds what own accounts with the models’ hosts pay to what is charged; `credits_usage` tells the charge alone.',
  'page-cuts-days':
    'A page begins or ends within a day, whose numbers on it are a part: that day is left out. `/user/daily/activity/aggregated` answers in one piece.',
  'priority-tier-missing':
    'Costs of the Priority Tier never appear in the cost report; they are billed elsewhere.',
  'quota-unconverted':
    'Money is in the gateway’s internal unit; without the plan’s dated conversion the cost is unknown.',
  'requests-missing': 'The file counts no requests, so cost per request cannot be computed.',
  'rows-span-days':
    'Some rows are of several days: each counts whole on the day on which it begins, and the days after it stay without it.',
  'split-by-sku':
    'Rows are charges by SKU; they do not count requests, and tokens only where a SKU says so.',
  'tokens-missing': 'The file counts no tokens, so cost per token cannot be computed.',
  'topup-amounts':
    'Top-ups, management and system rows are skipped: their amounts stand only in free text.',
  'usage-without-cost':
    'Usage pages count tokens and requests; money is on the separate costs pages.',
  'workload-missing': 'Rows do not name a workload; allocation rules of the plan can add it.',
  'zero-means-unpriced':
    'A model without a price is written as a cost of zero; a zero beside tokens is read as unknown.',
  'zone-undocumented':
    'Nobody documents the time zone of the day buckets; they count on the date they name and are never shifted.',
} as const;

/** Names one entry of {@link LIMITS}. */
export type LimitId = keyof typeof LIMITS;
