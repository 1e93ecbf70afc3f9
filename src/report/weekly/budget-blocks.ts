import { type Cell, shown, type TableContent } from '../table.ts';
import { budgetTable } from '../tables.ts';
import { periodWords } from '../words.ts';
import type { WeeklyPage } from './page.ts';
import type { Block } from './block.ts';

/** Draws the budgets and lists their numbers. */
export function budgetBlocks(page: WeeklyPage): readonly Block[] {
  if (page.budgets.length === 0) return [{ kind: 'text', text: 'No budget was judged.' }];
  return [
    { kind: 'budgets', page },
    {
      kind: 'table',
      caption: 'Budgets as of the review',
      table: budgetOverview(page),
    },
  ];
}

/** What a reader decides on stands first; the period stands with the name, so that the rest has room. */
function budgetOverview(page: WeeklyPage): TableContent {
  const { columns, rows } = budgetTable(page.budgets, { budgets: [] });
  const places = BUDGET_COLUMNS.map((key) => columns.findIndex((column) => column.key === key));
  const pick = <T>(items: readonly T[]): readonly T[] =>
    places.flatMap((place) => items[place] ?? []);
  return {
    columns: pick(columns),
    rows: rows.map((row, index) => {
      const body = page.budgets[index];
      const [, ...rest] = pick(row);
      return body === undefined ? pick(row) : [budgetCell(body, page), ...rest];
    }),
  };
}

const budgetCell = (
  { budget, period }: WeeklyPage['budgets'][number],
  { budgetTitles }: WeeklyPage,
): Cell => shown(budget, `${budgetTitles[budget] ?? budget}, ${periodWords(period)}`);

const BUDGET_COLUMNS = ['budget', 'verdict', 'share', 'spend', 'amount', 'forecast', 'days'];
