import type { Plan } from '../plan/index.ts';
import type { ReviewBundle } from '../evidence/index.ts';

/** Holds a finished text and what it is. */
export interface Rendered {
  readonly text: string;
  readonly mediaType: string;
}

/** Suits a text to where it is shown. */
export interface RenderOptions {
  /** Columns of the terminal; lines are broken there. Default: they are not broken. */
  readonly width?: number;
  /** Colours the state words, which stand there in any case. Default: no. */
  readonly color?: boolean;
}

/** Takes what every renderer reads. */
export interface RenderInput {
  readonly bundle: ReviewBundle;
  readonly plan: Plan;
  readonly options: RenderOptions;
}
