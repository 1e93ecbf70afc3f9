export { AppError, type ErrorContent } from './app-error.ts';
export { apportion, roundTogether, type Weighted } from './apportion.ts';
export { canonicalJson, type Json } from './canonical-json.ts';
export {
  addMeasured,
  type DayCoverage,
  isComplete,
  type Measured,
  MEASURED_ZERO,
  NOT_MEASURED,
  told,
  unknownShare,
  untold,
} from './coverage.ts';
export {
  addDecimals,
  type Decimal,
  decimal,
  DECIMAL_SCALE,
  divideDecimal,
  formatDecimal,
  fromAtto,
  multiplyDecimal,
  parseDecimal,
  parseJsonDecimal,
  roundDecimal,
  relativeChange,
  subtractDecimal,
  wholeDecimal,
  ZERO,
} from './decimal.ts';
export { type Digest, digestHex, digestOf, parseDigest, sha256, shortDigest } from './digest.ts';
export { ERROR_CODES, type ErrorCodeId } from './error-codes.ts';
export { type ExitStatus, worstExit } from './exit-status.ts';
export { exposuresOf } from './exposure.ts';
export { SLUG, ulid } from './id.ts';
export { itemAt } from './item-at.ts';
export { addMoney, type Currency, type Money, parseCurrency } from './money.ts';
export {
  fail,
  inconclusive,
  type Outcome,
  type OutcomeKind,
  pass,
  type ReviewOutcomeKind,
  worstOutcome,
} from './outcome.ts';
export {
  type CalendarStep,
  datesOf,
  isoWeek,
  type Period,
  periodAt,
  periodHolds,
  periodOfDates,
  periodsOverlap,
  precedingPeriod,
  previousPeriod,
} from './period.ts';
export type {
  Clock,
  Files,
  Log,
  LogFields,
  Network,
  Ports,
  Random,
  SecretRef,
  Secrets,
} from './ports.ts';
export { type ReasonId, REASONS } from './reasons.ts';
export { redactSecrets } from './redact.ts';
export { suggest } from './suggest.ts';
export { systemCode } from './system-code.ts';
export { terminalJson, terminalText } from './terminal-text.ts';
export {
  addDays,
  addDuration,
  dateIn,
  durationMs,
  type Instant,
  instantFromMs,
  instantMs,
  isZone,
  nextTimeOfDay,
  parseInstant,
  parsePlainDate,
  type PlainDate,
  startOfDate,
} from './time.ts';
export { VERSION } from './version.ts';
