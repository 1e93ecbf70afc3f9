import type { Json } from '../../core/index.ts';

/** Holds what a plan gets by naming a provider: raw data, merged before defaults apply. */
export interface ProviderPreset {
  /** An entry of the plan's `providers`. */
  readonly provider: Readonly<Record<string, Json>> & { readonly id: string };
  /** Entries of the plan's `documents`; they name no owner. */
  readonly documents: readonly (Readonly<Record<string, Json>> & { readonly id: string })[];
}

const WEEK_OLD = { maxAge: '9d' } as const;

/** Pages about the practice itself, whoever the provider is. */
const TEAM_PAGES: ProviderPreset['documents'] = [
  {
    id: 'finops-unit-economics',
    url: 'https://www.finops.org/framework/capabilities/unit-economics/',
    purpose: 'Verify unit economics review context',
    freshness: { maxAge: '30d' },
    claims: [
      {
        id: 'unit-metric',
        kind: 'heading',
        text: 'Unit Economics',
        area: 'Unit metric',
        verify: 'Which unit the team reviews, such as request, workload, seat or token',
        wording:
          'Express AI API spend as a unit metric that engineering and finance can review together.',
      },
    ],
  },
  {
    id: 'google-cloud-budgets',
    url: 'https://docs.cloud.google.com/billing/docs/how-to/budgets',
    purpose: 'Verify budget alert workflow context',
    freshness: { maxAge: '30d' },
    claims: [
      {
        id: 'budget-thresholds',
        kind: 'heading',
        text: 'Budgets',
        area: 'Budget threshold pattern',
        verify: "The team's threshold, owner and notification path",
        wording:
          'Use budget thresholds and alerts as a governance pattern; verify provider mechanisms separately.',
      },
    ],
  },
];

/** A page by its address and purpose alone: what it says enters a plan as a claim when a person has read it. */
const page = (id: string, url: string, purpose: string) => ({
  id,
  url,
  purpose,
  freshness: WEEK_OLD,
});

/**
 * Lists the presets by the name that `provider:` takes. A preset holds addresses, purposes and safe wordings only:
 * never a price, a limit or a model list. Another provider needs pages that somebody has read; it enters here.
 */
export const PROVIDER_PRESETS: Readonly<Record<string, ProviderPreset>> = {
  cometapi: {
    provider: {
      id: 'cometapi',
      host: 'api.cometapi.com',
      errors: { envelope: '/error', requestIdIn: 'message' },
      noFallback: {},
      support: 'support-path',
    },
    documents: [
      {
        id: 'cometapi-pricing',
        url: 'https://apidoc.cometapi.com/pricing/about-pricing',
        purpose: 'Verify pricing documentation boundaries',
        alternates: [
          { kind: 'markdown', url: 'https://apidoc.cometapi.com/pricing/about-pricing.md' },
        ],
        locale: 'en',
        mustContain: ['pricing'],
        freshness: { maxAge: '9d', warn: '7d' },
        claims: [{ id: 'pricing-page-exists', kind: 'heading', text: 'About pricing' }],
      },
      {
        id: 'cometapi-help-center',
        url: 'https://apidoc.cometapi.com/support/help-center',
        purpose: 'Verify support and escalation documentation areas',
        freshness: WEEK_OLD,
        claims: [
          {
            id: 'support-path',
            kind: 'heading',
            text: 'Help Center',
            area: 'Support path',
            verify: 'Where billing or usage questions go when the evidence is unclear',
            wording: 'Route unclear billing or usage questions through the current help resources.',
          },
        ],
      },
      {
        id: 'cometapi-chat-reference',
        url: 'https://apidoc.cometapi.com/',
        purpose: 'Verify the documented request pattern that the smoke test uses',
        freshness: WEEK_OLD,
        claims: [
          {
            id: 'chat-completions',
            kind: 'endpoint',
            method: 'POST',
            path: '/v1/chat/completions',
          },
          {
            id: 'documentation-discovery',
            kind: 'host',
            area: 'Documentation discovery',
            verify: 'That the operator starts from the current site, not an old bookmark',
            wording:
              'Start each review from the current documentation site before recording assumptions.',
          },
        ],
      },
      ...TEAM_PAGES,
    ],
  },
  // Of the following only what decides a request is preset: where it goes, how its errors look, which fields forbid a silent
  // change of the model, and which pages say so. What those pages claim enters the plan by a person who has read them.
  anthropic: {
    provider: {
      id: 'anthropic',
      host: 'api.anthropic.com',
      errors: { envelope: '/error', requestIdIn: 'header' },
      noFallback: {},
      headers: { 'anthropic-version': '2023-06-01' },
    },
    documents: [
      page(
        'anthropic-errors',
        'https://platform.claude.com/docs/en/api/errors',
        'Verify the documented errors and where a request is named',
      ),
      ...TEAM_PAGES,
    ],
  },
  litellm: {
    provider: {
      id: 'litellm',
      // A gateway has the host of whoever runs it; this one is refused until the plan names it.
      host: 'litellm.invalid',
      errors: { envelope: '/error', requestIdIn: 'header' },
      noFallback: { disable_fallbacks: true },
      refusedFields: ['models', 'route', 'fallbacks', 'num_retries', 'mock_testing_fallbacks'],
      zeroHeaders: ['x-litellm-attempted-retries', 'x-litellm-attempted-fallbacks'],
    },
    documents: [
      page(
        'litellm-fallbacks',
        'https://docs.litellm.ai/docs/proxy/reliability',
        'Verify how the gateway retries and falls back, and how a request forbids it',
      ),
      page(
        'litellm-response-headers',
        'https://docs.litellm.ai/docs/proxy/response_headers',
        'Verify which headers name a call and count its attempts',
      ),
      ...TEAM_PAGES,
    ],
  },
  openai: {
    provider: {
      id: 'openai',
      host: 'api.openai.com',
      errors: { envelope: '/error', requestIdIn: 'header' },
      noFallback: {},
    },
    documents: [
      page(
        'openai-api-overview',
        'https://developers.openai.com/api/reference/overview',
        'Verify how a request is authenticated and named',
      ),
      ...TEAM_PAGES,
    ],
  },
  'openai-compatible': {
    provider: {
      id: 'openai-compatible',
      host: 'gateway.invalid',
      errors: { envelope: '/error' },
      noFallback: {},
    },
    documents: TEAM_PAGES,
  },
  openrouter: {
    provider: {
      id: 'openrouter',
      host: 'openrouter.ai',
      errors: { envelope: '/error', requestIdIn: 'header' },
      noFallback: { provider: { allow_fallbacks: false } },
    },
    documents: [
      page(
        'openrouter-errors',
        'https://openrouter.ai/docs/api/reference/errors-and-debugging',
        'Verify the documented errors',
      ),
      ...TEAM_PAGES,
    ],
  },
};

/** Gives the preset that a plan's `provider` names, if there is one. */
export const presetOf = (provider: unknown): ProviderPreset | undefined =>
  typeof provider === 'string' && Object.hasOwn(PROVIDER_PRESETS, provider)
    ? PROVIDER_PRESETS[provider]
    : undefined;
