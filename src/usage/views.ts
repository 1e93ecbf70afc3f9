import { type ColumnId, MEASURE_COLUMNS } from './columns.ts';
import type { MeasureId, Plan, PlanExport } from '../plan/index.ts';
import { type Manifest, type TableFile, tableFiles } from './manifest.ts';

/** One export's share of the table. */
export interface TableExport {
  readonly id: string;
  readonly plan: PlanExport;
  readonly manifests: readonly Manifest[];
  /** The newest manifest's: what holds for every row. */
  readonly constants: Manifest['constants'];
  readonly files: readonly TableFile[];
  readonly filled: ReadonlySet<ColumnId>;
  readonly counts: ReadonlySet<string>;
  /** Rows that were read alike, each with its own constants; one at least, and more where the plan changed between imports. */
  readonly parts: readonly TablePart[];
}

/** Files of one export whose rows have the same constants. */
export type TablePart = Omit<TableExport, 'parts'>;

/** Groups manifests by export, in the plan's order; only exports that the plan approves for a budget review. */
export function tableExports(plan: Plan, manifests: readonly Manifest[]): readonly TableExport[] {
  return plan.exports
    .filter(({ approved }) => approved.for.includes('budget-review'))
    .flatMap((of) => {
      const own = manifests.filter((manifest) => manifest.export === of.id);
      const constants = own.at(-1)?.constants;
      if (constants === undefined) return [];
      const files = tableFiles(own);
      const about = { id: of.id, plan: of, manifests: own };
      const newest = partOf(about, constants, files);
      const parts = filesByKind(files).map(([first, ...rest]) =>
        partOf(about, first.constants, [first, ...rest]),
      );
      if (parts.length < 2) return [{ ...newest, parts: parts.length === 0 ? [newest] : parts }];
      const counts = new Set(parts.flatMap((part) => [...part.counts]));
      return [{ ...newest, counts, parts }];
    });
}

const partOf = (
  about: Pick<TablePart, 'id' | 'plan' | 'manifests'>,
  constants: Manifest['constants'],
  files: readonly TableFile[],
): TablePart => ({
  ...about,
  constants,
  files,
  filled: new Set(files.flatMap((file) => file.filled)),
  counts: new Set<string>(constants.counts),
});

/** Puts files together that have the same constants, and dates or instants. */
function filesByKind(files: readonly TableFile[]): readonly [TableFile, ...TableFile[]][] {
  const kinds = new Map<string, [TableFile, ...TableFile[]]>();
  for (const file of files) {
    const kind = JSON.stringify([file.constants, file.filled.includes('start_date')]);
    const found = kinds.get(kind);
    if (found === undefined) kinds.set(kind, [file]);
    else found.push(file);
  }
  return [...kinds.values()];
}

/** Tells whether any row of an export can know a measure. */
export function fills(of: TableExport, measure: MeasureId): boolean {
  const columns: readonly ColumnId[] = MEASURE_COLUMNS[measure];
  return columns.some((column) => of.filled.has(column) || of.counts.has(column));
}

/**
 * Picks whose rows count for a measure.
 *
 * Exports that the plan reconciles are views of one bill: the first listed that fills the measure counts alone. Requests are
 * operations wherever a view knows them. Of a group where none fills it, the first stands for what is unknown.
 */
export function contributors(
  plan: Plan,
  exports: readonly TableExport[],
  measure: MeasureId,
): readonly TableExport[] {
  const byId = new Map(exports.map((one) => [one.id, one]));
  const grouped = new Set<string>();
  const chosen: TableExport[] = [];
  for (const { of } of plan.reconcile) {
    const views = of.map((id) => byId.get(id)).filter((view) => view !== undefined);
    const free = views.filter(({ id }) => !grouped.has(id));
    for (const { id } of free) grouped.add(id);
    const pick = pickView(free, measure);
    if (pick !== undefined) chosen.push(pick);
  }
  return [...chosen, ...exports.filter(({ id }) => !grouped.has(id))];
}

function pickView(views: readonly TableExport[], measure: MeasureId): TableExport | undefined {
  const preferred: readonly MeasureId[] =
    measure === 'requests' ? ['operations', 'attempts'] : [measure];
  for (const one of preferred) {
    const view = views.find((candidate) => fills(candidate, one));
    if (view !== undefined) return view;
  }
  return views[0];
}
