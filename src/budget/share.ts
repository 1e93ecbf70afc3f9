import { type Decimal, decimal, parseJsonDecimal, wholeDecimal } from '../core/index.ts';

/**
 * Tells whether an amount reaches a share of another, exactly: `spend × 1 ≥ amount × share`, never a quotient.
 *
 * Of an amount of zero there is no share: any spend crosses every threshold, none crosses no threshold.
 */
export function reaches(spend: Decimal, amount: Decimal, share: Decimal): boolean {
  if (amount <= 0n) return spend > 0n;
  return spend * wholeDecimal(1) >= amount * share;
}

/** Reads a share of the plan, a JSON number; what is finer than 10⁻¹⁸ cannot be written there. */
export const shareOf = (share: number): Decimal =>
  parseJsonDecimal(String(share)) ?? decimal(share.toFixed(18));
