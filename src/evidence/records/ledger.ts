import { z } from 'zod';
import { Alias, code, Count, int, VerifierKey } from './fields.ts';

/** The first entry: which ledger this is. */
export const GenesisRecord = z.strictObject({
  kind: z.literal('genesis'),
  origin: Alias,
  format: int(1, 99),
});

/** A candidate record was refused; only the rule and the place are kept. */
export const GateRejectedRecord = z.strictObject({
  kind: z.literal('gate-rejected'),
  rule: code([
    'schema',
    'charset',
    'size',
    'depth',
    'registry',
    'canonical',
    'needle',
    'pattern',
    'entropy',
    'scanner',
  ]),
  candidate: code([
    'genesis',
    'import',
    'metric',
    'budget-verdict',
    'alert',
    'delivery',
    'document-check',
    'accept',
    'attest',
    'smoke',
    'usage-link',
    'review-start',
    'review',
    'review-parts',
    'hold',
    'resume',
    'guard',
    'handoff',
    'key-event',
    'plan-accept',
    'policy-change',
    'gate-rejected',
    'notice-claim',
    'review-due',
    'acknowledgement',
    'snooze',
    'resolved',
    'restatement',
    'unknown',
  ]),
  count: Count,
});

export type GateRejectedRecord = z.output<typeof GateRejectedRecord>;

/** A key began or ceased to count. */
export const KeyEventRecord = z.strictObject({
  kind: z.literal('key-event'),
  event: code(['enrolled', 'rotated', 'revoked']),
  use: code(['log', 'runner', 'reviewer']),
  key: VerifierKey,
});

/** How many reviewers must cosign began or ceased to be another number. */
export const PolicyChangeRecord = z.strictObject({
  kind: z.literal('policy-change'),
  quorum: int(0, 9),
});
