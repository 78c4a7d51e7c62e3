import { relative, resolve } from 'node:path'
import { MortarError } from '../../core/errors.ts'
import type { Exchange } from '../../core/exchange.ts'
import type { HttpQuestion, HttpReply } from '../../protocols/http/message.ts'
import { plural } from '../../run/wording.ts'
import { textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { shortPath } from '../short-path.ts'
import { unknownWord, usageError } from '../usage-error.ts'

/** `mortar export` */
export const command: Command = {
  name: 'export',
  summary: 'write recordings as HAR 1.2',
  usage: 'export har [--out FILE] [CASSETTE...]',
  details: [
    'CASSETTE is a path, or a name below the cassettes folder such as `imported/get-issue`; without one, all',
    'cassettes are written. The HAR goes to stdout unless `--out` names a file. What HAR cannot hold is listed.',
  ].join('\n'),
  options: {
    out: { type: 'string', short: 'o', value: 'FILE', help: 'write to this file' },
    boundary: { type: 'string', value: 'NAME', help: 'only exchanges of this boundary' },
  },
  examples: ['mortar export har --out traffic.har', 'mortar export har imported/get-issue | jq .log.entries'],
  async run({ positionals, values, cwd, env, json, out, progress }) {
    const [format, ...names] = positionals
    if (format === undefined) throw usageError('say which format', 'Write `mortar export har`.')
    if (format !== 'har') throw unknownWord('format', format, ['har'], 'mortar export --help')
    const { loadConfig } = await import('../../run/load-config.ts')
    const { openCassettes } = await import('../../store/cassettes.ts')
    const { notationOf } = await import('../../protocols/notations.ts')
    const { har } = await import('../../formats/har.ts')
    const config = await loadConfig({ directory: cwd, file: textOption(values, 'config'), env })
    const cassettes = openCassettes(config.cassettes, notationOf)
    const all = cassettes.list()
    const chosen = names.length === 0 ? all : names.map((name) => findCassette(name, all, config.cassettes, cwd))
    if (chosen.length === 0) {
      throw new MortarError('MORTAR_CASSETTE_UNREADABLE', 'there are no cassettes to export', {
        where: config.cassettes,
        hint: '`mortar check` records what your tests ask, `mortar import` brings recordings in.',
      })
    }
    const boundary = textOption(values, 'boundary')
    const exchanges = chosen
      .flatMap((file) => cassettes.read(file).exchanges)
      .filter((exchange) => boundary === undefined || exchange.boundary === boundary)
    const written = har.write?.(exchanges as readonly Exchange<HttpQuestion, HttpReply>[])
    const { text = '', losses = [] } = written ?? {}
    const file = textOption(values, 'out')
    if (file !== undefined) {
      const { writeWhole } = await import('../../files/write-whole.ts')
      writeWhole(resolve(cwd, file), text)
    }
    const carried = exchanges.filter(({ protocol }) => protocol === 'http').length
    if (json) {
      const har12: unknown = file === undefined ? JSON.parse(text) : undefined
      out(
        JSON.stringify({
          format,
          file: file ?? null,
          cassettes: chosen.length,
          exchanges: carried,
          losses,
          har: har12,
        }),
      )
      return 0
    }
    const summary = [
      `${plural(carried, 'exchange')} of ${plural(chosen.length, 'cassette')} written${file === undefined ? '' : ` to ${file}`}`,
      ...losses.map(({ what, count, why }) => `  not carried: ${count} × ${what}: ${why}`),
    ].join('\n')
    // The document itself is the result where no file is named.
    if (file === undefined) {
      out(text)
      progress(summary)
    } else out(summary)
    return 0
  },
}

function findCassette(name: string, all: readonly string[], root: string, cwd: string): string {
  const candidates = [resolve(cwd, name), resolve(root, name), resolve(root, `${name}.json`)]
  const found = candidates.find((path) => all.includes(path))
  if (found !== undefined) return found
  const known = all.map((path) =>
    relative(root, path)
      .replaceAll('\\', '/')
      .replace(/\.json$/, ''),
  )
  const error = unknownWord('cassette', name, known, 'mortar map')
  throw new MortarError('MORTAR_CASSETTE_UNREADABLE', `there is no cassette \`${name}\``, {
    where: shortPath(root, cwd),
    hint: error.hint.startsWith('Did you mean')
      ? error.hint.replace(/;.*$/, '')
      : 'Name a file below the cassettes folder.',
  })
}
