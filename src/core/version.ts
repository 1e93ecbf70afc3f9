declare const SPENDPROOF_VERSION: string | undefined;

/** Names the release; the build fills it in from package.json. */
export const VERSION: string =
  typeof SPENDPROOF_VERSION === 'string' ? SPENDPROOF_VERSION : '0.0.0';
