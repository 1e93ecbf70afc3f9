import type { Rendered } from '../renderer.ts';
import { weeklyHtml } from './html.ts';
import { weeklyMarkdown } from './markdown.ts';
import type { WeeklyPage } from './page.ts';

export type WeeklyFormat = 'html' | 'json' | 'markdown';

/** Renders the weekly page; the same page gives the same bytes. */
export function renderWeekly(format: WeeklyFormat, page: WeeklyPage): Rendered {
  switch (format) {
    case 'html':
      return { text: weeklyHtml(page), mediaType: 'text/html; charset=utf-8' };
    case 'markdown':
      return { text: weeklyMarkdown(page), mediaType: 'text/markdown; charset=utf-8' };
    case 'json': {
      const text = JSON.stringify({ schema: 'spendproof/weekly/v1', ...page }, null, 2);
      return { text: `${text}\n`, mediaType: 'application/json' };
    }
    default:
      format satisfies never;
      throw new RangeError(`Unknown format ${String(format)}`);
  }
}
