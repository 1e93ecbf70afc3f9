import { itemAt } from '../../core/index.ts';

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
  const clamped = (value: number, axis: number): number => {
    const [low, high] = itemAt(box, axis);
    return Math.min(high, Math.max(low, value));
  };
  const judge = (at: readonly number[]): Vertex => {
    const inside = at.map(clamped);
    return { at: inside, cost: cost(inside) };
  };
  let vertices = ranked(
    [start, ...start.map((_, axis) => stepped(start, axis, box))].map((at) => judge(at)),
  );
  for (let spent = vertices.length; spent < evaluationsMax;) {
    const best = itemAt(vertices, 0);
    const worst = itemAt(vertices, vertices.length - 1);
    if (isFlat(best, worst)) break;
    const rest = vertices.slice(0, -1);
    const centre = centreOf(rest, start.length);
    const along = (factor: number): Vertex =>
      judge(centre.map((value, axis) => value + factor * (itemAt(worst.at, axis) - value)));
    const reflected = along(-1);
    spent += 1;
    const next = improve(reflected, { best, rest, worst }, along);
    spent += next === reflected ? 0 : 1;
    if (next === undefined) {
      vertices = ranked(vertices.map((one) => judge(midway(best.at, one.at))));
      spent += vertices.length;
    } else vertices = inserted(rest, next);
  }
  return itemAt(vertices, 0).at;
}

const ranked = (vertices: readonly Vertex[]): readonly Vertex[] =>
  vertices.toSorted((left, right) => left.cost - right.cost);

/** Puts a vertex behind those that cost as much or less. */
function inserted(ascending: readonly Vertex[], vertex: Vertex): readonly Vertex[] {
  const all = ascending.slice();
  let place = all.length;
  while (place > 0 && itemAt(all, place - 1).cost > vertex.cost) place -= 1;
  all.splice(place, 0, vertex);
  return all;
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
  if (reflected.cost < itemAt(rest, rest.length - 1).cost) return reflected;
  const contracted = along(reflected.cost < worst.cost ? -0.5 : 0.5);
  return contracted.cost < Math.min(reflected.cost, worst.cost) ? contracted : undefined;
}

const isFlat = (best: Vertex, worst: Vertex): boolean =>
  worst.cost - best.cost <= 1e-5 * Math.abs(best.cost);

function centreOf(vertices: readonly Vertex[], axes: number): readonly number[] {
  const centre = Array.from({ length: axes }, () => 0);
  for (const { at } of vertices) {
    for (let axis = 0; axis < axes; axis += 1)
      centre[axis] = itemAt(centre, axis) + itemAt(at, axis);
  }
  return centre.map((sum) => sum / vertices.length);
}

const midway = (left: readonly number[], right: readonly number[]): readonly number[] =>
  left.map((value, axis) => (value + itemAt(right, axis)) / 2);

function stepped(
  start: readonly number[],
  axis: number,
  box: readonly (readonly [low: number, high: number])[],
): readonly number[] {
  const [low, high] = itemAt(box, axis);
  return start.map((value, other) =>
    other === axis
      ? value + (value + (high - low) / 4 <= high ? 1 : -1) * ((high - low) / 4)
      : value,
  );
}
