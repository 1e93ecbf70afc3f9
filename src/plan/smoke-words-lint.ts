import { type Finding, finding, quoted } from './diagnostic.ts';
import type { Draft } from './draft.ts';
import { findTexts } from './tree.ts';

/** What no smoke test says anything about (design: smoke.md 2.1); an id or a place that names it would read as if it did. */
const WORDS: ReadonlySet<string> = new Set(
  (
    'price prices pricing cost costs discount discounts bill billing quota quotas balance ' +
    'ratelimit ratelimits uptime sla latency models'
  ).split(' '),
);

const PLACES = ['id', 'pattern', 'happy.at.*.pointer', 'error.at.*.pointer', 'happy.trace.from.*'];

/** Finds ids, assertions and trace markers of smoke tests that reach for what a smoke test may not claim. */
export function checkSmokeWords({ raw }: Draft): readonly Finding[] {
  return PLACES.flatMap((place) => findTexts(raw, `smoke.*.${place}`)).flatMap(
    ({ path, value }) => {
      const word = wordOf(value);
      if (word === undefined) return [];
      const message = `expected a smoke test to say nothing of ${word}, got ${quoted(value)}`;
      const hint = 'a claim of a document says what a page states; the rest is for the account';
      return [finding('smoke-overclaims', path, message, { hint })];
    },
  );
}

/** Reads words as they are written together: `/usage/totalCost`, `x-ratelimit-remaining`, `rate_limit`. */
function wordOf(text: string): string | undefined {
  const words = text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const pairs = words.slice(1).map((word, index) => `${words[index]}${word}`);
  return [...words, ...pairs].find((word) => WORDS.has(word));
}
