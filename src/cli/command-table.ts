import type { Command } from './command.ts'

/** Every command by name, in the order of the help. Loaded when it is run, so that starting costs little. */
export const commandTable: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./commands/init.ts')).command,
  map: async () => (await import('./commands/map.ts')).command,
  check: async () => (await import('./commands/check.ts')).command,
  matrix: async () => (await import('./commands/matrix.ts')).command,
  run: async () => (await import('./commands/run.ts')).command,
  up: async () => (await import('./commands/up.ts')).command,
  proxy: async () => (await import('./commands/proxy.ts')).command,
  timeline: async () => (await import('./commands/timeline.ts')).command,
  record: async () => (await import('./commands/record.ts')).command,
  import: async () => (await import('./commands/import.ts')).command,
  export: async () => (await import('./commands/export.ts')).command,
}
