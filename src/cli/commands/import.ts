import type { TestRef } from '../../core/exchange.ts'
import { flagOption, textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { printResult } from '../output.ts'
import { errorDocument, exitCodeOf } from '../print-error.ts'
import { shortPath } from '../short-path.ts'
import { unknownWord, usageError } from '../usage-error.ts'

/** `mortar import` */
export const command: Command = {
  name: 'import',
  summary: 'bring in recordings of HAR, nock, VCR, vcrpy or Polly',
  usage: 'import FORMAT FILE... (FORMAT: auto, har, nock, polly, vcr, vcrpy)',
  details: [
    'Each exchange goes to the boundary that claims its address; secrets are replaced before anything is',
    "written. A file becomes one cassette, `imported/NAME`; tests replay it with `mortarTest.use('imported/NAME')`.",
    'Files that name their tests become the cassettes of these tests. What cannot be carried is listed.',
    'Importing the same files again changes nothing.',
  ].join('\n'),
  options: {
    boundary: { type: 'string', value: 'NAME', help: 'the boundary of all exchanges, whatever their address' },
    test: { type: 'string', value: 'TEST', help: 'the test they are for: "test/a.test.ts > adds a label"' },
    to: { type: 'string', value: 'NAME', help: 'put everything into one cassette of this name' },
    'dry-run': { type: 'boolean', help: 'say what would be written, and write nothing' },
  },
  examples: [
    "mortar import nock 'test/fixtures/**/*.json'",
    'mortar import har traffic.har --boundary github',
    'mortar import auto recording.yml --test "test/a.test.ts > adds a label"',
  ],
  async run(context) {
    const { positionals, values, cwd, env } = context
    const { formats } = await import('../../formats/formats.ts')
    const [word, ...files] = positionals
    if (word === undefined) throw usageError('say which format and which files', 'Write `mortar import auto FILE...`.')
    const format = word === 'auto' || Object.hasOwn(formats, word) ? (word as keyof typeof formats | 'auto') : undefined
    if (format === undefined) {
      if (!/[./*]/.test(word))
        throw unknownWord('format', word, ['auto', ...Object.keys(formats)], 'mortar import --help')
      throw usageError('the first word must be a format', `Write \`mortar import auto ${positionals.join(' ')}\`.`)
    }
    if (files.length === 0) throw usageError('say which files to import', `Write \`mortar import ${word} FILE...\`.`)
    const to = textOption(values, 'to')
    const test = testOption(textOption(values, 'test'))
    if (to !== undefined && test) throw usageError('`--to` and `--test` exclude each other', 'Leave one of them out.')
    const { loadConfig } = await import('../../run/load-config.ts')
    const { importRecordings } = await import('../import/import-recordings.ts')
    const config = await loadConfig({ directory: cwd, file: textOption(values, 'config'), env })
    const dryRun = flagOption(values, 'dry-run')
    const boundary = textOption(values, 'boundary')
    const result = await importRecordings({ config, format, files, cwd, boundary, test, to, dryRun })
    const { printImport } = await import('../import/import-text.ts')
    const document = {
      dryRun,
      ...result,
      cassettes: result.cassettes.map((cassette) => ({
        ...cassette,
        file: shortPath(cassette.file, config.directory),
      })),
      problems: result.problems.map((problem) => errorDocument(problem)),
    }
    printResult(context, document, () => printImport(result, { ...context, config, dryRun, now: Date.now() }))
    if (result.problems.length > 0) return Math.max(...result.problems.map((problem) => exitCodeOf(problem)))
    // Nothing came in although there was something: whoever relies on it must notice.
    return result.cassettes.length === 0 && result.unclaimed.length > 0 ? 1 : 0
  },
}

function testOption(text: string | undefined): TestRef | undefined {
  if (text === undefined) return undefined
  const at = text.indexOf(' > ')
  const file = text.slice(0, Math.max(0, at)).trim().replaceAll('\\', '/').replace(/^\.\//, '')
  const name = text.slice(at + 3).trim()
  if (at > 0 && file !== '' && name !== '') return { file, name }
  throw usageError('`--test` names no test', 'Write `--test "FILE > NAME"`, suites before the name, joined by ` > `.')
}
