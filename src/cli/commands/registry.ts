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
    summary: 'evidence: log, show, verify, prove',
    first: true,
    load: async () => (await import('./ledger.ts')).ledger,
  },
  {
    name: 'calendar',
    summary: 'when reviews are due; an iCalendar feed',
    first: false,
    load: async () => (await import('./calendar.ts')).calendar,
  },
  {
    name: 'demo',
    summary: 'run the whole review against an example provider on this machine',
    first: false,
    load: async () => (await import('./demo.ts')).demo,
  },
  {
    name: 'key',
    summary: 'signing keys: make those that are missing',
    first: false,
    load: async () => (await import('./key.ts')).key,
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
    name: 'report',
    summary: 'the weekly page: Markdown, HTML or JSON',
    first: false,
    load: async () => (await import('./report.ts')).report,
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
