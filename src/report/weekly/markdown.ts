import { markdownText } from '../encode.ts';
import { TABLE_WRITERS } from '../table.ts';
import { weeklyGlance } from './glance.ts';
import type { WeeklyPage } from './page.ts';
import type { Block } from './block.ts';
import { footLines, headline, weeklySections } from './sections.ts';

/** Writes the weekly page as Markdown; charts are left out, their numbers stand in the tables. */
export function weeklyMarkdown(page: WeeklyPage): string {
  const { review, outcome } = page.review.body;
  const parts = [
    `# Token budget review ${markdownText(review)}: ${outcome}`,
    markdownText(headline(page)),
    weeklyGlance(page)
      .map(({ label, value, note }) => `- ${markdownText(`${label}: ${value}, ${note}`)}`)
      .join('\n'),
    ...weeklySections(page).flatMap(({ title, blocks }) => [
      `## ${title}`,
      ...blocks.map(blockOf).filter((text) => text !== ''),
    ]),
    '---',
    footLines(page)
      .map((line) => `- ${markdownText(line)}`)
      .join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

function blockOf(block: Block): string {
  switch (block.kind) {
    case 'text':
      return markdownText(block.text);
    case 'list':
      return block.items.map((item) => `- ${markdownText(item)}`).join('\n');
    case 'table':
      return TABLE_WRITERS.markdown(block.table).trimEnd();
    case 'days':
    case 'budgets':
      return '';
    default:
      block satisfies never;
      return '';
  }
}
