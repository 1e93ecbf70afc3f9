/** A point and what it costs. */
interface Vertex {
  readonly at: readonly number[];
  readonly cost: number;
}

/**
 * Finds a low point of a function inside a box by the simplex method of Nelder and Mead (Computer Journal 7, 1965).
 *
 * Deterministic. Points outside the box are moved to its wall.
 * @param evaluationsMax ends the search, found or not.
 */
export function minimise(
  cost: (at: readonly number[]) => number,
  start: readonly number[],
  box: readonly (readonly [low: number, high: number])[],
  evaluationsMax: number,
): readonly number[] {
  const clamp = (at: readonly number[]): readonly number[] =>
    at.map((value, axis) => Math.min(box[axis]?.[1] ?? 1, Math.max(box[axis]?.[0] ?? 0, value)));
  const judge = (at: readonly number[]): Vertex => ({ at, cost: cost(at) });
  let vertices = [start, ...start.map((_, axis) => stepped(start, axis, box))].map((at) =>
    judge(clamp(at)),
  );
  for (let spent = vertices.length; spent < evaluationsMax;) {
    vertices = vertices.toSorted((left, right) => left.cost - right.cost);
    const best = vertices[0];
    const worst = vertices.at(-1);
    if (best === undefined || worst === undefined || isFlat(best, worst)) break;
    const rest = vertices.slice(0, -1);
    const centre = start.map((_, axis) => meanAt(rest, axis));
    const along = (factor: number): Vertex =>
      judge(clamp(centre.map((value, axis) => value + factor * ((worst.at[axis] ?? 0) - value))));
    const reflected = along(-1);
    spent += 1;
    const next = improve(reflected, { best, rest, worst }, along);
    spent += next === reflected ? 0 : 1;
    if (next === undefined) {
      vertices = vertices.map((one) => judge(midway(best.at, one.at)));
      spent += vertices.length;
    } else vertices = [...rest, next];
  }
  return vertices.toSorted((left, right) => left.cost - right.cost)[0]?.at ?? start;
}

/** Expands, keeps, contracts, or (`undefined`) asks to shrink. */
function improve(
  reflected: Vertex,
  { best, rest, worst }: { best: Vertex; rest: readonly Vertex[]; worst: Vertex },
  along: (factor: number) => Vertex,
): Vertex | undefined {
  if (reflected.cost < best.cost) {
    const expanded = along(-2);
    return expanded.cost < reflected.cost ? expanded : reflected;
  }
  if (reflected.cost < (rest.at(-1)?.cost ?? best.cost)) return reflected;
  const contracted = along(reflected.cost < worst.cost ? -0.5 : 0.5);
  return contracted.cost < Math.min(reflected.cost, worst.cost) ? contracted : undefined;
}

const isFlat = (best: Vertex, worst: Vertex): boolean =>
  worst.cost - best.cost <= 1e-5 * Math.abs(best.cost);

const meanAt = (vertices: readonly Vertex[], axis: number): number =>
  vertices.reduce((sum, { at }) => sum + (at[axis] ?? 0), 0) / vertices.length;

const midway = (left: readonly number[], right: readonly number[]): readonly number[] =>
  left.map((value, axis) => (value + (right[axis] ?? value)) / 2);

function stepped(
  start: readonly number[],
  axis: number,
  box: readonly (readonly [low: number, high: number])[],
): readonly number[] {
  const [low, high] = box[axis] ?? [0, 1];
  return start.map((value, other) =>
    other === axis
      ? value + (value + (high - low) / 4 <= high ? 1 : -1) * ((high - low) / 4)
      : value,
  );
}
