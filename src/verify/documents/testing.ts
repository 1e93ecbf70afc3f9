import type { PlanDocument } from '../../plan/index.ts';

/** Makes a document of the plan for tests: a page named `pricing` with the plan's defaults. */
export function planDocument(extra: Partial<PlanDocument> = {}): PlanDocument {
  return {
    id: 'pricing',
    kind: 'page',
    purpose: 'Verify pricing documentation boundaries',
    owner: 'finops',
    alternates: [],
    hosts: [],
    mustContain: [],
    freshness: { maxAge: '9d' },
    fetch: { spacing: '1s', perHost: 2, confirmAfter: '60s', timeout: '10m', render: 'auto' },
    keep: 'digests',
    retention: '90d',
    claims: [],
    ...extra,
  };
}
