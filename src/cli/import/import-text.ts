import type { LoadedConfig } from '../../run/loaded-config.ts'
import { fit, pad, type Paint, painter, printable, widthOf, wrap } from '../../run/terminal-text.ts'
import { age, ageSpan, plural } from '../../run/wording.ts'
import { shortPath } from '../short-path.ts'
import type { Unclaimed } from './claim.ts'
import type { ImportResult } from './import-recordings.ts'
import type { KeptCassette } from './keep-recordings.ts'

/** How an import is printed. */
export interface ImportTextOptions {
  readonly config: LoadedConfig
  readonly cwd: string
  readonly columns: number
  readonly color: boolean
  readonly dryRun: boolean
  readonly now: number
}

const shown = 20
/** Cassettes and losses shown; the headline has counted them all, and `--json` names them. */
const shownCassettes = 5
const shownLosses = 4
const explainedLosses = 2

/** What `mortar import` says. */
export function printImport(result: ImportResult, options: ImportTextOptions): string {
  const paint = painter(options.color)
  const columns = Math.max(40, Math.min(options.columns, 100))
  const blocks = [
    headline(result, options, paint),
    cassetteTable(result.cassettes, options, columns, paint),
    losses(result, columns, paint),
    unclaimed(result, options, paint),
    ...result.problems.map((problem) => problem.toString().split('\n')),
    nextStep(result, options),
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function headline({ files, cassettes }: ImportResult, { dryRun, now }: ImportTextOptions, paint: Paint): string[] {
  const carried = files.reduce((sum, file) => sum + file.carried, 0)
  const all = files.reduce((sum, file) => sum + file.exchanges, 0)
  const formats = [...new Set(files.map(({ format }) => format))].join(', ')
  const what =
    carried === all ? plural(all, 'exchange') : `${carried.toLocaleString('en')} of ${plural(all, 'exchange')}`
  const known = cassettes.every(({ state }) => state === 'unchanged')
  const verb = dryRun ? 'Would import' : known && cassettes.length > 0 ? 'Nothing new:' : 'Imported'
  const from = files.length === 0 ? '' : ` from ${plural(files.length, `${formats} file`)}`
  if (cassettes.length === 0) return [`${paint(`${verb} nothing`, 'bold')}${from}`]
  const redactions = cassettes.reduce((sum, cassette) => sum + cassette.redactions, 0)
  const newest = Math.max(...cassettes.map(({ newestAt }) => newestAt))
  const oldest = Math.min(...cassettes.map(({ oldestAt }) => oldestAt))
  return [
    `${paint(`${verb} ${what}`, 'bold')}${from} into ${plural(cassettes.length, 'cassette')}`,
    `Recorded ${ageSpan(now - newest, now - oldest)} ago; ${plural(redactions, 'secret')} replaced`,
  ]
}

function cassetteTable(
  cassettes: readonly KeptCassette[],
  { config, cwd, now }: ImportTextOptions,
  columns: number,
  paint: Paint,
): string[] {
  const rows = cassettes
    .slice(0, shownCassettes)
    .map((cassette) => [
      printable(cassette.test.file === '' ? cassette.test.name : shortPath(cassette.file, config.cassettes)),
      cassette.exchanges.toLocaleString('en'),
      age(now - cassette.newestAt),
      cassette.state === 'planned' ? '' : cassette.state,
    ])
  if (rows.length === 0) return []
  const titles = [`In ${shortPath(config.cassettes, cwd)}`, 'Exchanges', 'Age', '']
  const widths = titles.map((title, index) => Math.max(...[title, ...rows.map((row) => row[index]!)].map(widthOf)))
  const others = widths.slice(1).reduce((sum, width) => sum + width + 2, 0)
  widths[0] = Math.max(20, Math.min(widths[0]!, columns - others))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => pad(fit(cell, widths[index]!), widths[index]!, index === 1 ? 'left' : 'right'))
      .join('  ')
      .trimEnd()
  const rest = cassettes.slice(shownCassettes)
  return [
    paint(line(titles), 'dim'),
    ...rows.map((row) => line(row)),
    ...(rest.length > 0 ? [paint(`and ${plural(rest.length, 'more cassette')}${statesOf(rest)}`, 'dim')] : []),
  ]
}

/** `: 12 new, 3 unchanged` */
function statesOf(cassettes: readonly KeptCassette[]): string {
  const counts = [...Map.groupBy(cassettes, ({ state }) => state)].map(([state, { length }]) => `${length} ${state}`)
  return `: ${counts.join(', ')}`
}

function losses({ losses: all }: ImportResult, columns: number, paint: Paint): string[] {
  if (all.length === 0) return []
  const lines = all.slice(0, shownLosses).flatMap(({ what, count, why }) => {
    const reason = all.length > explainedLosses ? '' : `: ${why}`
    return wrap(printable(`${count.toLocaleString('en')} × ${what}${reason}`), columns - 4).map(
      (line, index) => `${index === 0 ? '  ' : '    '}${line}`,
    )
  })
  const more = all.length - shownLosses
  const rest = more > 0 ? `and ${plural(more, 'more kind')}; ` : ''
  const note = all.length > explainedLosses ? [paint(`  ${rest}\`--json\` says of each why`, 'dim')] : []
  return [paint('Not carried', 'bold'), ...lines, ...note]
}

function unclaimed({ unclaimed: all }: ImportResult, { config, cwd }: ImportTextOptions, paint: Paint): string[] {
  if (all.length === 0) return []
  const where = config.file === undefined ? 'a config; `mortar init` writes one' : shortPath(config.file, cwd)
  return [
    paint('Not imported: no boundary claims their address', 'bold'),
    ...all.slice(0, shown).map(({ origin, exchanges }) => `  ${exchanges.toLocaleString('en')} × ${printable(origin)}`),
    ...(all.length > shown ? [`  and ${plural(all.length - shown, 'more address', 'more addresses')}`] : []),
    ...claimLines(all.slice(0, shown), where),
  ]
}

/** What to write into the config: aliases of boundaries that are there, and new boundaries. */
function claimLines(all: readonly Unclaimed[], where: string): string[] {
  const aliases = Map.groupBy(all, ({ boundary }) => boundary)
  const added = aliases.get(null) ?? []
  aliases.delete(null)
  return [
    ...[...aliases].flatMap(([name, each]) => [
      `→ If they belong to \`${name}\`, say so in ${where}, and import again:`,
      `  aliases: [${each.map(({ origin }) => `'${printable(origin)}'`).join(', ')}],`,
    ]),
    ...(added.length === 0 ? [] : [`→ Add to \`boundaries\` in ${where}, and import again:`]),
    ...added.map(({ line }) => `  ${printable(line)}`),
  ]
}

function nextStep({ cassettes }: ImportResult, { dryRun }: ImportTextOptions): string[] {
  if (dryRun) return ['Nothing was written.']
  const named = cassettes.find(({ test }) => test.file === '')
  if (!named) return []
  return ['In a test, replay one of them with', `  mortarTest.use('${printable(named.test.name)}')`]
}
