import type { Command } from 'commander';
import type { Call, CommandResult, Format } from './world.ts';

/** Runs what the user asked for once the arguments are parsed. */
export type Act = (action: (call: Call) => Promise<CommandResult>) => Promise<void>;

/** One command: declares its arguments on commander's command and hands its action to `act`. */
export interface CommandDefinition {
  /** Command lines as they are typed; each action has one of its own. */
  readonly examples: readonly string[];
  /** What the exit statuses mean that results of this command can end with. */
  readonly exits: string;
  readonly build: (command: Command, act: Act) => void;
}

/** One line of the registry; reading it loads nothing else. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Listed in the default help; the rest is listed by `help --all`. */
  readonly first: boolean;
  /** What any of its actions can be written as, beside text and JSON; default: nothing. */
  readonly formats?: readonly Format[];
  readonly load: () => Promise<CommandDefinition>;
}
