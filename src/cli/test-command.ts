import { MortarError } from '../core/errors.ts'
import type { LoadedConfig } from '../run/loaded-config.ts'

/**
 * The command whose boundaries are to be attached: the one typed after `--`, else the team's test command.
 *
 * @throws MortarError `MORTAR_USAGE` when there is neither.
 */
export function testCommand(config: LoadedConfig, typed: readonly string[]): string | readonly string[] {
  if (typed.length > 0) return typed
  if (config.test !== undefined) return config.test
  throw new MortarError('MORTAR_USAGE', 'there is no test command to run', {
    where: config.file ?? config.directory,
    hint: "Set `test: 'vitest run'` in the config, or type it: `mortar check -- vitest run`.",
  })
}
