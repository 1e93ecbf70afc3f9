import { xmlText } from '../report/index.ts';
import { cut, type Notice } from './notice.ts';

/** Who writes to whom. */
export interface Mailbox {
  readonly from: string;
  readonly to: readonly string[];
}

/** A mail as nodemailer takes it. */
export type Letter = ReturnType<typeof mailOf>;

/**
 * Writes a notice as a mail.
 *
 * The message id is that of the notice, so that a receiver drops a second copy; every mail of a budget answers the same
 * root, so that clients show them as one thread; `List-Id` (RFC 2919) lets people sort them.
 */
export function mailOf(notice: Notice, { from, to }: Mailbox, at: string) {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const root = `<${notice.thread}@spendproof.${domain}>`;
  return {
    from,
    to: [...to],
    date: new Date(at),
    subject: cut(subjectOf(notice), 200),
    text: notice.text,
    html: htmlOf(notice),
    messageId: `<${notice.id}@spendproof.${domain}>`,
    inReplyTo: root,
    references: [root],
    headers: {
      'List-Id': `<${notice.thread}.spendproof.${domain}>`,
      // RFC 3834: nobody's holiday notice shall answer.
      'Auto-Submitted': 'auto-generated',
      ...(isUrgent(notice) ? { Importance: 'high' } : {}),
    },
  };
}

/** A recovery needs no haste, however grave what it ends. */
const isUrgent = ({ severity, state }: Notice): boolean =>
  state === 'firing' && severity === 'critical';

const subjectOf = (notice: Notice): string =>
  isUrgent(notice) ? `[critical] ${notice.title}` : notice.title;

function htmlOf(notice: Notice): string {
  const rows = notice.facts.map(
    ([name, value]) =>
      `<tr><th scope="row" style="text-align:left;vertical-align:top;padding:4px 16px 4px 0;font-weight:600">${xmlText(name)}</th>` +
      `<td style="padding:4px 0;vertical-align:top">${xmlText(value)}</td></tr>`,
  );
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${xmlText(notice.title)}</title></head>`,
    '<body style="font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;margin:24px;max-width:42em">',
    `<h1 style="font-size:20px;line-height:1.3">${xmlText(notice.title)}</h1>`,
    `<p>${xmlText(notice.severity)}, ${xmlText(notice.state)}</p>`,
    `<table style="border-collapse:collapse">${rows.join('')}</table>`,
    '</body></html>',
  ].join('\n');
}
