import type { Instant } from './time.ts';

/** Tells the time. Tests fix it; nothing else in the product reads a clock. */
export interface Clock {
  readonly now: () => Instant;
  /** Milliseconds since 1970, for ids and deadlines. */
  readonly ms: () => number;
}

/** Gives bytes that nobody can predict. */
export interface Random {
  readonly bytes: (count: number) => Uint8Array;
}

/** Points at a secret without holding it. */
export type SecretRef =
  | { readonly env: string }
  | { readonly file: string }
  | { readonly command: readonly string[] };

/** Reads secrets at the last moment. */
export interface Secrets {
  /**
   * @param folder where relative paths begin and commands run; default: the current one.
   * @returns `undefined` when there is none; the value is never logged.
   * @throws {AppError} `secret-exposed` when the process runs under settings by which Node would write it down.
   */
  readonly read: (ref: SecretRef, folder?: string) => Promise<string | undefined>;
}

/** Writes the log: an event name and flat fields, never a value of a secret, prompt or body. */
export interface Log {
  readonly info: (event: string, fields?: LogFields) => void;
  readonly warn: (event: string, fields?: LogFields) => void;
  /** Shows work that goes on; drawn over itself on a terminal, silent in a pipe. */
  readonly progress: (text: string) => void;
}

/** Holds the fields of a log line. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** Looks host names up; tests replace it to play hostile name servers. */
export interface Network {
  readonly lookup: (host: string) => Promise<readonly string[]>;
}

/** Touches the disk where durability matters, so that tests can take the disk away in the middle. */
export interface Files {
  /** @returns `undefined` when the file does not exist. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
  /** Lists names in a folder, sorted; an empty list when the folder does not exist. */
  readonly list: (folder: string) => Promise<readonly string[]>;
  /** Makes a folder and its parents; `mode` is that of the folders it makes. */
  readonly makeFolder: (folder: string, mode?: number) => Promise<void>;
  /** Creates a file that must not exist, writes it whole and syncs it. @throws `EEXIST` when it does. */
  readonly writeNew: (path: string, data: Uint8Array, mode?: number) => Promise<void>;
  /** Gives a file a second name; the name must be free. @throws `EEXIST` when it is not. */
  readonly link: (from: string, to: string) => Promise<void>;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
  /** Makes names in a folder durable. */
  readonly syncFolder: (folder: string) => Promise<void>;
}

/** Bundles the world; built once, in `cli/main.ts`, and passed as the last argument. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly network: Network;
  readonly files: Files;
  /** The environment variables, read-only. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What stands between `node` and the program; absent is none. */
  readonly nodeArguments?: readonly string[];
}
