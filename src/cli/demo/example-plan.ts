/** The example team's plan; `{{name}}` is filled in for the day and the port of the demo. */
export const EXAMPLE_PLAN = `# The example team's plan, written by \`spendproof demo\`. Everything in it is on this machine.
version: 1
team: example-team
timezone: UTC
currency: USD
owner: finops
notify: { file: outbox }
network: { loopback: ["{{host}}"] }

providers:
  - { id: example, host: "{{host}}", errors: { envelope: /error, requestIdIn: message }, support: support-path }

documents:
  - id: example-pricing
    url: http://{{host}}/pricing
    purpose: Verify how a charge is computed
    mustContain: [pricing]
    claims:
      - { id: pricing-page-exists, kind: heading, text: About pricing }
  - id: example-help
    url: http://{{host}}/help
    purpose: Verify where questions go
    claims:
      - id: support-path
        kind: heading
        text: Help Center
        area: Support path
        verify: Where billing or usage questions go when the evidence is unclear
        wording: Route unclear billing or usage questions through the current help resources.
  - id: example-reference
    url: http://{{host}}/
    purpose: Verify the documented request pattern that the smoke test uses
    claims:
      - { id: chat-completions, kind: endpoint, method: POST, path: /v1/chat/completions }

assumptions:
  - { id: charge-rule, cites: [example-pricing] }

exports:
  - id: app-log
    adapter: table
    path: exports/app/*.csv
    zone: UTC
    table:
      format: { kind: csv, header: [ts, request, model, workload, seat, in, out, total, usd] }
      key: [request]
      columns: { startAt: ts, requestRef: request, modelRequested: model, workload: workload, userRef: seat }
      tokens: { input: in, output: out, total: total }
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: {{today}}, for: [budget-review] }
  - id: account-quota
    adapter: cometapi-quota
    path: exports/quota/*.json
    approved: { by: finops, date: {{today}}, for: [budget-review, reconcile] }
  - id: staging-log
    adapter: table
    path: exports/staging/*.jsonl
    environment: staging
    zone: UTC
    table:
      format: { kind: jsonl }
      key: [request]
      columns: { startAt: { field: time, unit: s }, requestRef: request, keyRef: key, modelRequested: model }
      tokens: { input: input, output: output, total: total }
    approved: { by: finops, date: {{today}}, for: [smoke-evidence] }

reconcile:
  - { id: one-bill, of: [app-log, account-quota] }

workloads: [support-bot, search, batch-summaries]

metrics:
  - cost-per-1k-requests
  - cost-per-1m-tokens

budgets:
  - { id: monthly, title: All AI usage, amount: "{{amount}}", at: [0.5, 0.8, 1.0] }

smoke:
  - id: chat-minimal
    provider: example
    pattern: chat-completions
    environment: staging
    enabled: true
    request:
      method: POST
      path: /v1/chat/completions
      auth: { scheme: bearer, secret: { env: {{keyVariable}} } }
      body: { fixture: smoke/minimal-chat.json }
    pinned: { sha256: {{fixture}}, by: finops }
    happy:
      at:
        - { pointer: /id, type: string }
        - { pointer: /model, is: requested }
        - { pointer: /usage/total_tokens, type: integer, min: 1 }
      trace: { from: ["header:x-request-id", "pointer:/id"] }
    error:
      change: { auth: placeholder }
      status: [401, 403]
      route: { "401": finops }
    usageEvidence: { export: staging-log, by: trace, mustMatch: [model] }
    claims: [pattern-exists, request-completed, trace-present, usage-fields-present, error-classified]
`;
