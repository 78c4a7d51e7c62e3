import { textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { printMap } from '../map-text.ts'
import { printResult } from '../output.ts'
import { errorDocument } from '../print-error.ts'
import { unexpectedPositional } from '../usage-error.ts'

/** `mortar map` */
export const command: Command = {
  name: 'map',
  summary: 'show the boundaries, their recordings and how old these are',
  usage: 'map',
  options: {},
  async run(context) {
    const { positionals, values, cwd, env } = context
    unexpectedPositional('map', positionals)
    const { loadConfig } = await import('../../run/load-config.ts')
    const { mapBoundaries } = await import('../../run/map-boundaries.ts')
    const config = await loadConfig({ directory: cwd, file: textOption(values, 'config'), env })
    const now = Date.now()
    const map = mapBoundaries(config, now)
    printResult(context, { ...map, problems: map.problems.map((problem) => errorDocument(problem)) }, () =>
      printMap(map, now, context),
    )
    return map.problems.length > 0 ? 3 : 0
  },
}
