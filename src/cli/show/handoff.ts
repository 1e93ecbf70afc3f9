import { shortDigest } from '../../core/index.ts';
import type { RecordOf, StoredRecord } from '../../evidence/index.ts';
import { markdownText, reasonWords } from '../../report/index.ts';
import type { CommandResult } from '../world.ts';

/** Shows a handoff: command, result, changed files, remaining uncertainty, next action and owner. */
export function showHandoff(
  { ref, body }: StoredRecord<RecordOf<'handoff'>>,
  review: StoredRecord<RecordOf<'review'>>,
): CommandResult {
  const changed = body.changed.map(({ subject, digest }) => `${subject} ${digest.slice(0, 19)}…`);
  const uncertainty = body.uncertainty.map(
    ({ subject, reason }) => `${subject} (${reasonWords([reason])})`,
  );
  const parts: readonly (readonly [string, readonly string[]])[] = [
    [
      'Command',
      [
        `spendproof ${body.command === 'review' ? 'review' : `review --trigger ${review.body.trigger}`}`,
      ],
    ],
    ['Result', [`${body.result}, record ${shortDigest(review.ref)}…`]],
    ['Changed files', changed.length === 0 ? ['none'] : changed],
    [
      'Remaining uncertainty',
      uncertainty.length === 0 ? [`none known, by ${review.context.operator}`] : uncertainty,
    ],
    ['Next action', [body.nextAction]],
    ['Owner', [body.owner]],
    ['Handoff', [body.outcome === 'pass' ? 'complete' : `weak: ${body.missing.join(', ')}`]],
  ];
  return {
    exit: body.outcome === 'pass' ? 0 : 3,
    data: { record: ref, ...body },
    text: parts
      .map(([name, lines]) => `${name.padEnd(22)} ${lines.join('\n'.padEnd(24))}`)
      .join('\n'),
    formats: {
      md: [
        `# Handoff of review ${markdownText(body.review)}`,
        '',
        ...parts.map(([name, lines]) => `- **${name}:** ${lines.map(markdownText).join('; ')}`),
      ].join('\n'),
    },
  };
}
