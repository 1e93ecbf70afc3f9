import type { TableContent } from '../table.ts';
import type { Comparison, WeeklyPage } from './page.ts';

/** One piece of a section, before it has a format. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly caption: string; readonly table: TableContent }
  | { readonly kind: 'days'; readonly comparison: Comparison }
  | { readonly kind: 'budgets'; readonly page: WeeklyPage };

/** One part of the page. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}
