/** One option of a command, as `parseArgs` of node:util takes it, and what help says of it. */
export interface CommandOption {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  /** May be given several times; its value is a list then. */
  readonly multiple?: boolean
  /** Whoever gives it twice may mean both, and is told that one is taken. */
  readonly single?: true
  /** What help shows for the value: `FILE`. */
  readonly value?: string
  readonly help: string
}

/** What the options of a command line came to, by name without dashes. Absent ones are `undefined`. */
export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

/** What a command is given. */
export interface CommandContext {
  /** All arguments after the command's name, as typed. */
  readonly args: readonly string[]
  readonly values: OptionValues
  readonly positionals: readonly string[]
  /** What stood after `--`; empty for commands that take no command of the user's. */
  readonly rest: readonly string[]
  /** Absolute path. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Set by `--json`: stdout gets exactly one JSON document. */
  readonly json: boolean
  /** Whether stdout takes ANSI colours. */
  readonly color: boolean
  /** Width of the terminal; 80 where there is none. */
  readonly columns: number
  /** Writes a result to stdout; a missing newline at the end is added. */
  out(text: string): void
  /** Writes progress to stderr; a missing newline at the end is added. */
  progress(text: string): void
}

/** One command of the command line; each file of `commands/` exports one as `command`. */
export interface Command {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** The command line without `mortar`: `import FORMAT FILE...`. */
  readonly usage: string
  /** Besides the options that every command has: `--json`, `--config`, `--help`. */
  readonly options: Readonly<Record<string, CommandOption>>
  /** What help says below the usage: paragraphs, which are wrapped; lines that begin with a space are kept. */
  readonly details?: string
  readonly examples?: readonly string[]
  /** Set when what follows `--` is a command of the user's; otherwise it counts as positionals. */
  readonly takesCommand?: boolean
  /** Set when words before `--` are names; otherwise a command of the user's that lacks its `--` is refused. */
  readonly takesNames?: boolean
  /**
   * Does the work. A command that installs its own listener for SIGINT takes over what Ctrl-C does.
   *
   * @returns The exit code: 0 pass, 1 verdict failed, 2 usage, 3 environment.
   */
  run(context: CommandContext): Promise<number>
}
