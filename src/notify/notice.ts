import { type Json, terminalText } from '../core/index.ts';
import { markdownText } from '../report/index.ts';

/** One line of a notice: what it is, and what it says. */
export type Fact = readonly [name: string, value: string];

/** Says what a notice does to the thing it is about. */
export type NoticeState = 'firing' | 'resolved' | 'test';

/** What a notice says before it has the form of a channel; aggregates only. */
export interface NoticeContent {
  /** Stable: the same event has the same id, so that a receiver drops a second copy. Letters, digits and hyphens. */
  readonly id: string;
  /** What it is about: an alert and its recovery share it. Letters, digits and hyphens, 128 at most. */
  readonly subject: string;
  /** What it belongs to, such as one budget: mails of one thread stand together, and one comment holds the newest. */
  readonly thread: string;
  readonly state: NoticeState;
  readonly severity: 'info' | 'warning' | 'critical';
  /** One line. */
  readonly title: string;
  readonly facts: readonly Fact[];
  /** When it began, as an instant. */
  readonly startsAt: string;
  /** When it ends by itself, such as with the budget's period; null when nobody knows. */
  readonly endsAt: string | null;
  /** Names that do not change between an alert and its recovery. */
  readonly labels: Readonly<Record<string, string>> & { readonly alertname: string };
  /** The whole machine-readable body. */
  readonly payload: Json;
}

/** Holds what an owner is told, in the forms that channels need; every outside text escaped. */
export interface Notice extends NoticeContent {
  /** Plain lines. */
  readonly text: string;
  readonly markdown: string;
}

/** Writes a notice in plain text and Markdown. */
export function noticeOf(content: NoticeContent): Notice {
  const facts = content.facts.map(([name, value]) => [name, terminalText(value)] as const);
  const text = facts.map(([name, value]) => `${name}: ${value}`).join('\n');
  const list = content.facts.map(([name, value]) => `- **${name}:** ${markdownText(value)}`);
  return {
    ...content,
    title: terminalText(content.title),
    facts,
    text: `${terminalText(content.title)}\n\n${text}\n`,
    markdown: `# ${markdownText(content.title)}\n\n${list.join('\n')}\n`,
  };
}

/** Makes a notice that says only that the channel works. */
export function testNotice(channel: string, at: string, id: string): Notice {
  return noticeOf({
    id: `test-${id}`,
    subject: `test-${channel}`,
    thread: `test-${channel}`,
    state: 'test',
    severity: 'info',
    title: `Spendproof: a test of the channel ${channel}`,
    facts: [
      ['Channel', channel],
      ['Sent', at],
      ['Next action', 'none: nothing happened, somebody asked for this test'],
    ],
    startsAt: at,
    endsAt: null,
    labels: { alertname: 'SpendproofTest', channel },
    payload: { type: 'notice.test', timestamp: at, data: { channel } },
  });
}

/** Cuts a text to a number of UTF-16 units, never inside a character, and marks the cut. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept = text.slice(0, max - 1);
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}
