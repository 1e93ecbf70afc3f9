/** The part of playwright-core 1.65 that is used: the package is an optional peer, so its own types may not be there. */
export interface Playwright {
  readonly chromium: {
    readonly launch: (options: {
      readonly executablePath: string;
      readonly headless: boolean;
      readonly chromiumSandbox: boolean;
      readonly args: string[];
      readonly proxy: {
        readonly server: string;
        readonly username: string;
        readonly password: string;
        readonly bypass: string;
      };
      readonly env: Record<string, string>;
    }) => Promise<PlaywrightBrowser>;
  };
}

export interface PlaywrightBrowser {
  readonly newContext: (options: {
    readonly serviceWorkers: 'block';
    readonly acceptDownloads: boolean;
    readonly userAgent: string;
    readonly locale?: string;
  }) => Promise<PlaywrightContext>;
  readonly close: () => Promise<void>;
}

export interface PlaywrightContext {
  readonly route: (
    pattern: string,
    handler: (route: PlaywrightRoute) => Promise<void>,
  ) => Promise<void>;
  readonly newPage: () => Promise<PlaywrightPage>;
  readonly close: () => Promise<void>;
}

interface PlaywrightRoute {
  readonly request: () => { readonly resourceType: () => string };
  readonly abort: () => Promise<void>;
  readonly continue: () => Promise<void>;
}

interface PlaywrightPage {
  readonly goto: (
    url: string,
    options: { readonly waitUntil: 'domcontentloaded'; readonly timeout: number },
  ) => Promise<PlaywrightResponse | null>;
  readonly waitForLoadState: (
    state: 'networkidle',
    options: { readonly timeout: number },
  ) => Promise<void>;
  readonly content: () => Promise<string>;
  readonly url: () => string;
}

interface PlaywrightResponse {
  readonly status: () => number;
  readonly headers: () => Record<string, string>;
  readonly request: () => PlaywrightRequest;
}

interface PlaywrightRequest {
  readonly redirectedFrom: () => PlaywrightRequest | null;
}

/** Named by a variable, so that the bundle leaves it out and a missing package is no build error. */
const PACKAGE: string = 'playwright-core';

/**
 * Loads the browser's driver.
 *
 * @returns `undefined` when the optional package is not installed.
 */
export async function loadPlaywright(name: string = PACKAGE): Promise<Playwright | undefined> {
  try {
    const loaded: unknown = await import(name);
    return isPlaywright(loaded) ? loaded : undefined;
  } catch {
    // Not installed, or not one that runs here: both mean that there is no browser.
    return undefined;
  }
}

function isPlaywright(loaded: unknown): loaded is Playwright {
  return (
    typeof loaded === 'object' &&
    loaded !== null &&
    'chromium' in loaded &&
    typeof loaded.chromium === 'object' &&
    loaded.chromium !== null &&
    'launch' in loaded.chromium
  );
}
