import type { Ports } from '../core/index.ts';

/** Tells a person how far an import is; it says nothing of what is read. */
export interface Meter {
  /** A step begins that reads so many bytes; an unfinished one before it does not count. */
  readonly begin: (bytes: number) => void;
  /** The step that began has read them. */
  readonly finish: () => void;
  /** Everything is read, and this is what comes then. */
  readonly say: (what: string) => void;
  readonly stop: () => void;
}

/** What a meter watches. */
export interface Watched {
  readonly label: string;
  /** Of all files together. */
  readonly bytes: number;
  /** The share of the running step that is done, from 0 to 1; undefined where nobody knows. */
  readonly share: () => number | undefined;
}

const EVERY_MS = 250;

/** Starts to show progress, rate and remaining time; the log draws it on a terminal and is silent in a pipe. */
export function startMeter(
  { label, bytes, share }: Watched,
  { clock, log }: Pick<Ports, 'clock' | 'log'>,
): Meter {
  const started = clock.ms();
  let finished = 0;
  let current = 0;
  let most = 0;
  let isRead = false;
  const show = (): void => {
    if (isRead) return;
    // A step of two passes begins again in the middle; what was shown stands.
    most = Math.max(most, finished + current * (share() ?? 0));
    log.progress(progressText({ label, done: most, bytes, elapsedMs: clock.ms() - started }));
  };
  show();
  const timer = setInterval(show, EVERY_MS);
  timer.unref();
  return {
    begin: (step) => {
      current = step;
    },
    finish: () => {
      finished += current;
      current = 0;
    },
    say: (what) => {
      isRead = true;
      log.progress(`${label}: ${what}`);
    },
    stop: () => {
      clearInterval(timer);
    },
  };
}

/** Before this no rate is worth telling. */
const RATE_MS = 1000;
const KILO = 1000;

/** Writes such as `usage app: 43 % of 140 MB, 52 MB/s, 2 s left`. */
export function progressText({
  label,
  done,
  bytes,
  elapsedMs,
}: {
  readonly label: string;
  readonly done: number;
  readonly bytes: number;
  readonly elapsedMs: number;
}): string {
  const whole = sizeText(bytes);
  if (done <= 0 || bytes <= 0) return `${label}: ${whole}`;
  const share = `${label}: ${Math.min(100, Math.floor((done / bytes) * 100))} % of ${whole}`;
  if (elapsedMs < RATE_MS) return share;
  const perSecond = (done / elapsedMs) * 1000;
  return `${share}, ${sizeText(perSecond)}/s, ${timeText((bytes - done) / perSecond)} left`;
}

function sizeText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB'] as const;
  const place = Math.min(
    units.length - 1,
    Math.floor(Math.log(Math.max(1, bytes)) / Math.log(KILO)),
  );
  const value = bytes / KILO ** place;
  return `${value >= 10 || place === 0 ? Math.round(value) : value.toFixed(1)} ${units[place] ?? 'bytes'}`;
}

function timeText(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}
