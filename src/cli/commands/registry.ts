import type { CommandEntry } from '../command.ts';

/** Lists every command; the eight first ones are the default help, the rest is one `help --all` away. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'look',
    summary: 'recognise an export and show what it holds; records nothing',
    first: true,
    load: async () => (await import('./look.ts')).look,
  },
  {
    name: 'init',
    summary: 'write a small plan, a signing key and an empty ledger',
    first: true,
    load: async () => (await import('./init.ts')).init,
  },
  {
    name: 'plan',
    summary: 'check the plan; show what a review would do',
    first: true,
    load: async () => (await import('./plan.ts')).plan,
  },
  {
    name: 'review',
    summary: 'everything due: one page, one record',
    first: true,
    load: async () => (await import('./review.ts')).review,
  },
  {
    name: 'docs',
    summary: 'documents: check, accept, diff, contracts',
    first: true,
    load: async () => (await import('./docs.ts')).docs,
  },
  {
    name: 'budget',
    summary: 'budgets as of now',
    first: true,
    load: async () => (await import('./budget.ts')).budget,
  },
  {
    name: 'smoke',
    summary: 'smoke tests: plan, pin, run',
    first: true,
    load: async () => (await import('./smoke.ts')).smoke,
  },
  {
    name: 'ledger',
    summary: 'evidence: log, show, verify, prove, export',
    first: true,
    load: async () => (await import('./ledger.ts')).ledger,
  },
  {
    name: 'allocate',
    summary: 'cost by workload and owner; explain a row, list what nobody has',
    first: false,
    load: async () => (await import('./allocate.ts')).allocate,
  },
  {
    name: 'calendar',
    summary: 'when reviews are due; an iCalendar feed',
    first: false,
    load: async () => (await import('./calendar.ts')).calendar,
  },
  {
    name: 'cosign',
    summary: "put a second reviewer's name to the ledger as it stands",
    first: false,
    load: async () => (await import('./cosign.ts')).cosign,
  },
  {
    name: 'demo',
    summary: 'run the whole review against an example provider on this machine',
    first: false,
    load: async () => (await import('./demo.ts')).demo,
  },
  {
    name: 'guard',
    summary: 'guards: gap, scope, environment, fallback, handoff',
    first: false,
    load: async () => (await import('./guard.ts')).guard,
  },
  {
    name: 'key',
    summary: 'signing keys: list, enrol, rotate, revoke',
    first: false,
    load: async () => (await import('./key.ts')).key,
  },
  {
    name: 'lint',
    summary: 'prices and limits copied into runbooks and plans',
    first: false,
    load: async () => (await import('./lint.ts')).lint,
  },
  {
    name: 'metrics',
    summary: 'unit metrics of a period',
    first: false,
    load: async () => (await import('./metrics.ts')).metrics,
  },
  {
    name: 'notify',
    summary: 'notices: what went out, what waits; test a channel, send again',
    first: false,
    load: async () => (await import('./notify.ts')).notify,
  },
  {
    name: 'reconcile',
    summary: 'compare the views of one bill',
    first: false,
    load: async () => (await import('./reconcile.ts')).reconcile,
  },
  {
    name: 'report',
    summary: 'the weekly page: Markdown, HTML or JSON',
    first: false,
    load: async () => (await import('./report.ts')).report,
  },
  {
    name: 'reproduce',
    summary: 'derive recorded numbers again from their inputs',
    first: false,
    load: async () => (await import('./reproduce.ts')).reproduce,
  },
  {
    name: 'resume',
    summary: 'end the hold of an assumption',
    first: false,
    load: async () => (await import('./resume.ts')).resume,
  },
  {
    name: 'schema',
    summary: 'the JSON Schema of the plan',
    first: false,
    load: async () => (await import('./schema.ts')).schema,
  },
  {
    name: 'usage',
    summary: 'usage: import, list, aggregate, explain',
    first: false,
    load: async () => (await import('./usage.ts')).usage,
  },
];
