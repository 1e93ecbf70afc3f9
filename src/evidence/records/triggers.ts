/** What starts a review. */
export const TRIGGERS = [
  'cadence',
  'launch',
  'prompt-change',
  'model-change',
  'workload-expansion',
  'contract-change',
  'critical-alert',
  'document-drift',
  'restatement',
] as const;
