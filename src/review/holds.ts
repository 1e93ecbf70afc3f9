import { dateIn, type Digest, type Instant, type ReasonId } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import type { Plan } from '../plan/index.ts';

/** An assumption that is frozen at its last verified value. */
export interface Hold {
  readonly assumption: string;
  /** The date it was held, in the plan's zone. */
  readonly since: string;
  readonly reasons: readonly ReasonId[];
  /** What holds it, such as `document:cometapi-pricing`. */
  readonly because: readonly string[];
  readonly evidence: readonly Digest[];
}

type HoldEvent = StoredRecord<RecordOf<'hold' | 'resume' | 'accept'>>;

/**
 * Folds hold, resume and accept records, oldest first, into the holds that stand.
 *
 * Accepting a document ends what that page alone held (design: documents.md 3.6); a resume ends a hold whole.
 */
export function standingHolds(events: readonly HoldEvent[], zone: string): readonly Hold[] {
  const holds = new Map<string, Hold>();
  for (const { body, context, ref } of events) {
    switch (body.kind) {
      case 'hold':
        holds.set(body.assumption, {
          assumption: body.assumption,
          since: holds.get(body.assumption)?.since ?? dateIn(context.at as Instant, zone),
          reasons: body.reasons,
          because: body.because,
          evidence: [...body.evidence.map((digest) => digest as Digest), ref],
        });
        break;
      case 'resume':
        holds.delete(body.assumption);
        break;
      case 'accept':
        endHoldsOfDocument(holds, body.document);
        break;
      default:
        body satisfies never;
    }
  }
  return [...holds.values()].toSorted((left, right) =>
    left.assumption < right.assumption ? -1 : 1,
  );
}

function endHoldsOfDocument(holds: Map<string, Hold>, document: string): void {
  for (const hold of holds.values()) {
    const others = hold.because.filter((subject) => subject !== `document:${document}`);
    // A broken claim is mended by the page or by the plan, not by reading the page again.
    if (others.length === hold.because.length) continue;
    if (others.length === 0) holds.delete(hold.assumption);
    else holds.set(hold.assumption, { ...hold, because: others });
  }
}

/** What a number rests on, so that a hold labels it. */
export interface RestsOn {
  readonly exports: readonly string[];
  readonly assumption?: string | undefined;
}

/**
 * Lists the holds that label a number: those of its own assumption, of the conversion of an export it was computed
 * from, and those of assumptions that nothing in the plan is tied to, which the whole plan rests on.
 */
export function holdsOn(
  number: RestsOn,
  holds: readonly Hold[],
  plan: Plan,
): readonly { readonly assumption: string; readonly since: string }[] {
  const conversions = plan.exports
    .filter(({ id }) => number.exports.includes(id))
    .map(({ conversion }) => conversion);
  const tied = new Set([
    ...plan.exports.map(({ conversion }) => conversion),
    ...plan.budgets.map(({ assumption }) => assumption),
  ]);
  return holds
    .filter(
      ({ assumption }) =>
        assumption === number.assumption ||
        conversions.includes(assumption) ||
        !tied.has(assumption),
    )
    .map(({ assumption, since }) => ({ assumption, since }));
}
