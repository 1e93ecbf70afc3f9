import type { CommandEntry } from '../command.ts';

/** Lists every command; the eight first ones are the default help, the rest is one `help --all` away. */
export const COMMANDS = [
] as const satisfies readonly CommandEntry[];
