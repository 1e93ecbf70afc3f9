import { type Json, terminalText } from '../../core/index.ts';
import { csvCell, markdownText } from '../../report/index.ts';
import type { ChangedSection, DocumentDiff } from '../../verify/index.ts';
import type { CommandResult } from '../world.ts';

/** Shows a difference by section: how much each change matters, and the words with values replaced by placeholders. */
export function showDiff(id: string, { changes, sections }: DocumentDiff): CommandResult {
  const counts = Object.entries(changes)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`);
  const head = counts.length === 0 ? `${id}: nothing changed` : `${id}: ${counts.join(', ')}`;
  return {
    exit: sections.length > 0 ? 3 : 0,
    data: { document: id, changes: { ...changes }, sections: sections.map(sectionJson) },
    text: [head, ...sections.flatMap((section) => sectionLines(section, terminalText))].join('\n'),
    formats: {
      csv: csvOf(sections),
      md: [
        `# ${markdownText(head)}`,
        '',
        ...sections.flatMap((section) =>
          sectionLines(section, markdownText).map((line) => `    ${line}`),
        ),
      ].join('\n'),
    },
    notes: sections.length > 0 ? [`Next: read the page, then spendproof docs accept ${id}`] : [],
  };
}

/** One line a changed block; values are placeholders here too. */
function csvOf(sections: readonly ChangedSection[]): string {
  const rows = sections.flatMap(({ path, change, materiality, holds, hunks }) =>
    (hunks.length === 0 ? [{ kind: '', materiality, before: null, after: null }] : hunks).map(
      (hunk) => [
        path.join(' > '),
        change,
        String(holds),
        hunk.kind,
        hunk.materiality,
        hunk.before ?? '',
        hunk.after ?? '',
      ],
    ),
  );
  return [['section', 'change', 'holds', 'block', 'materiality', 'before', 'after'], ...rows]
    .map((row) => `${row.map(csvCell).join(',')}\r\n`)
    .join('');
}

function sectionLines(
  section: ChangedSection,
  escape: (text: string) => string,
): readonly string[] {
  const title = `${section.path.map(escape).join(' > ') || '(before the first heading)'}: ${section.change}, ${section.materiality}${section.holds ? ', holds what cites it' : ''}`;
  return [
    '',
    title,
    ...section.hunks.flatMap(({ before, after }) => [
      ...(before === null ? [] : [`  - ${escape(before)}`]),
      ...(after === null ? [] : [`  + ${escape(after)}`]),
    ]),
  ];
}

const sectionJson = ({ path, change, materiality, holds, hunks }: ChangedSection): Json => ({
  path: [...path],
  change,
  materiality,
  holds,
  hunks: hunks.map((hunk) => ({ ...hunk })),
});
