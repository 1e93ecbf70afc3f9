import { AppError, isZone } from '../core/index.ts';

/** Reads `--tz`. @throws {AppError} `usage` for what is no IANA zone. */
export function zoneOption(zone: string | undefined): string | undefined {
  if (zone === undefined || isZone(zone)) return zone;
  throw new AppError('usage', {
    message: `Expected --tz to be an IANA zone, got ${JSON.stringify(zone)}`,
    hint: 'Write for example Europe/Berlin or UTC.',
  });
}
