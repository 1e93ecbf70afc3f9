import type { ExitStatus, Json, Ports } from '../core/index.ts';

/** A place to write to. */
export interface Stream {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean | undefined;
  /** Columns; undefined in a pipe. */
  readonly width: number | undefined;
}

/** What the command line is given by the process, or by a test. */
export interface World {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What stands between `node` and the program. */
  readonly nodeArguments?: readonly string[];
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** Replaces single ports in tests: the clock above all. */
  readonly ports?: Partial<Ports>;
}

/** The formats that results can be written in; a command says which it has. */
export const FORMATS = [
  'table',
  'json',
  'csv',
  'md',
  'html',
  'junit',
  'tap',
  'yaml',
  'github',
  'sarif',
] as const;
export type Format = (typeof FORMATS)[number];

/** What a command is given beside its own arguments. */
export interface Call {
  readonly ports: Ports;
  readonly cwd: string;
  /** Options that every command understands. */
  readonly global: GlobalOptions;
  /** Columns to write for; 80 in a pipe. */
  readonly width: number;
  readonly isTerminal: boolean;
}

export interface GlobalOptions {
  readonly config: string | undefined;
  readonly operator: string | undefined;
  readonly asOf: string | undefined;
  readonly format: Format;
  readonly out: string | undefined;
  readonly quiet: boolean;
  readonly color: boolean;
}

/** How a command ended and what it has to say: data for machines, text for people. */
export interface CommandResult {
  readonly exit: ExitStatus;
  /** The `data` of the JSON envelope. */
  readonly data: Json;
  /** Text on stdout in the default format. */
  readonly text: string;
  /** Other formats that this result can be written in. */
  readonly formats?: Partial<Record<Format, string>>;
  /** What to know or do next, on stderr. */
  readonly notes?: readonly string[];
  readonly warnings?: readonly string[];
}
