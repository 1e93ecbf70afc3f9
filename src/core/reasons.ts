/**
 * Lists the fine answers under an outcome, each with the phrase that reports show. Alphabetical; a new reason enters here.
 * A reason never holds a value of the outside world.
 */
export const REASONS = {
  'approval-expired': 'the approval of the export has ended',
  'assumption-held': 'an assumption is held',
  'budget-breached': 'a threshold of the budget is crossed',
  'burn-fast': 'money goes faster than the amount allows',
  'claim-broken': 'the page no longer says what the plan relies on',
  'claim-not-evaluable': 'the page could not be read well enough to judge the claim',
  'coverage-low': 'days or rows are missing',
  'credential-missing': 'the secret is not there',
  'currency-mixed': 'more than one currency, and none is converted in silence',
  'denominator-low': 'too few units to judge',
  'denominator-missing': 'what the cost is divided by is not known',
  'denominator-zero': 'there is cost without any unit',
  'document-changed': 'the text of a page changed',
  'document-gone': 'a page is gone',
  'document-moved': 'a page is served from a host that the plan does not name',
  'document-new': 'nobody has accepted the text of a page yet',
  'document-stale': 'a page was last verified too long ago',
  'document-unreadable': 'a page could not be read',
  'environment-mismatch': 'the run had other settings than the reviewed ones',
  'evidence-gap': 'a needed input could not be read',
  'forecast-over': 'the forecast passes the amount',
  'leak-blocked': 'a record that could leak was refused',
  'no-activity': 'there was neither cost nor a unit',
  'no-baseline': 'there is nothing earlier to compare with',
  'no-data': 'no usage of the period has been imported',
  'not-covered': 'the plan does not cover it, or no export can show it',
  'not-enabled': 'it is switched off in the plan',
  'not-pinned': 'nobody has approved the fixture as it stands',
  'numerator-missing': 'the cost is not known',
  'plan-unreviewed': 'the plan changed without a review',
  'smoke-assertion': 'the answer has another shape than documented',
  'smoke-blocked': 'the provider refused or limited the request',
  'smoke-invalid': 'the answer cannot count as evidence',
  'smoke-production': 'a smoke test does not run against production',
  'smoke-transport': 'no answer came back',
  underspent: 'the period ended with less spent than the plan expects',
  'usage-link-gap': 'the smoke test is not found in the usage export',
  'usage-link-pending': 'the smoke test is not in the usage export yet',
  'usage-stale': 'the usage data is older than the plan allows',
  'weak-handoff': 'a part of the handoff could not be filled',
} as const satisfies Record<string, string>;

/** Names one entry of {@link REASONS}. */
export type ReasonId = keyof typeof REASONS;
