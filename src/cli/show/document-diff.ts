import { type Json, terminalText } from '../../core/index.ts';
import { csvCell, markdownText, markdownUrl } from '../../report/index.ts';
import type { ChangedSection, DocumentDiff } from '../../verify/index.ts';
import type { CommandResult } from '../world.ts';
import { headingUrl } from './page-link.ts';

/**
 * Shows a difference by section: how much each change matters, and the words with values replaced by placeholders.
 *
 * @param url the live page, which is the place to read the values.
 */
export function showDiff(
  id: string,
  url: string | undefined,
  { changes, sections }: DocumentDiff,
): CommandResult {
  const counts = Object.entries(changes)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`);
  const head = counts.length === 0 ? `${id}: nothing changed` : `${id}: ${counts.join(', ')}`;
  return {
    exit: sections.length > 0 ? 3 : 0,
    data: {
      document: id,
      url: url ?? null,
      changes: { ...changes },
      sections: sections.map(sectionJson),
    },
    text: [
      head,
      ...(url === undefined || sections.length === 0 ? [] : [`Values are on the page: ${url}`]),
      ...sections.flatMap((section) => sectionLines(section, terminalText)),
    ].join('\n'),
    formats: {
      csv: csvOf(sections),
      md: [`# ${markdownText(head)}`, ...sections.flatMap((one) => sectionMarkdown(one, url))].join(
        '\n',
      ),
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

/** A heading that leads to the section on the live page, and its words as a block that nothing in them can leave. */
function sectionMarkdown(section: ChangedSection, url: string | undefined): readonly string[] {
  const [, title = ''] = sectionLines(section, markdownText);
  const [, , ...lines] = sectionLines(section, terminalText);
  // The mark of a text fragment is no strike-through inside a link's address.
  const link =
    url === undefined
      ? undefined
      : markdownUrl(headingUrl(url, section.path.at(-1))).replace('#:%7E:', '#:~:');
  const heading = link === undefined ? title : `${title} ([live page](${link}))`;
  return ['', `## ${heading}`, '', ...lines.map((line) => `    ${line}`)];
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
