import { type Finding, finding } from './diagnostic.ts';
import type { RawMap } from './tree.ts';

/** The versions of the plan's form that this release reads. */
const KNOWN: readonly unknown[] = [1];

/**
 * Says which versions are known where a plan says another. What the keys of an unknown version mean nobody knows, so they are
 * not judged.
 */
export function checkVersion(raw: RawMap): Finding | undefined {
  const { version } = raw;
  if (version === undefined || KNOWN.includes(version)) return undefined;
  const got = JSON.stringify(version) ?? 'nothing';
  const isNumber = typeof version === 'number';
  return finding(
    'unknown-version',
    ['version'],
    `this release of spendproof reads plans of version ${KNOWN.join(' and ')}, got ${isNumber ? '' : 'no number but '}${got}`,
    {
      code: 'plan-schema',
      hint: isNumber
        ? 'install the release that this plan was written for, or write `version: 1` and use the keys of docs/plan.md; nothing else of the plan was checked'
        : 'write `version: 1`, a number without quotes',
    },
  );
}
