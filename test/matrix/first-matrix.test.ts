import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Project, project, repository } from '../support/project.ts'

const guide = readFileSync(join(repository, 'docs/first-matrix.md'), 'utf8')

/** What is written, typed and printed there, in order. */
const blocks = Array.from(guide.matchAll(/^```(\w+)\n([^]*?)^```/gm), ([, language = '', text = '']) => {
  return { language, text }
})

/** The files of a block, each with its name on a line of its own. */
function filesIn(text: string): readonly (readonly [name: string, source: string])[] {
  const parts = text.split(/^\/\/ ([\w.]+\.js)\n/m).slice(1)
  return parts.flatMap((name, i) => (i % 2 === 0 ? [[name, parts[i + 1]!] as const] : []))
}

/** Puts lines with `+` in the place of those with `-` before them. */
function patched(source: string, diff: string): string {
  const hunks = [...diff.matchAll(/((?:^-.*\n)+)((?:^\+.*\n)+)/gm)]
  return hunks.reduce((before, [, old = '', now = '']) => {
    const [gone, come] = [old, now].map((lines) => lines.replaceAll(/^[-+]/gm, '')) as [string, string]
    expect(before).toContain(gone)
    return before.replace(gone, () => come)
  }, source)
}

/** Without what differs from run to run, and wherever lines are broken. */
function plain(text: string): string {
  return (
    text
      .replaceAll(/\b\d+(?:\.\d+)? (ms|s)\b/g, 'some $1')
      // On a machine that is busy the service may answer later than `slow` has it.
      .replaceAll(/\band [67] cells like it/g, 'and others like it')
      .replaceAll(', slow', '')
      .replaceAll(/\s+/g, ' ')
      .trim()
  )
}

/** @returns Its port: others run at the same time, so any that is free. */
async function startGateway(made: Project, source: string): Promise<string> {
  const told = "(0, function () { console.log('listening'); mark(String(this.address().port)) })"
  const mark = "import { writeFileSync } from 'node:fs'\nconst mark = (port) => writeFileSync('port', port)\n"
  made.write('gateway.js', mark + source.replace('(4010)', told))
  const gateway = made.start('node', ['gateway.js'])
  gateway.ended.catch(() => {})
  await gateway.said('listening')
  await expect.poll(() => made.has('port') && made.read('port')).toMatch(/^\d+$/)
  return made.read('port')
}

it('the walk-through of a first matrix is what happens', async ({ onTestFinished: after }) => {
  const made = project({ after, packages: ['vitest'] })
  const files = blocks.flatMap(({ language, text }) => (language === 'js' ? filesIn(text) : []))
  const port = await startGateway(made, Object.fromEntries(files)['gateway.js']!)
  for (const [name, source] of files) if (name !== 'gateway.js') made.write(name, source.replace('4010', port))
  let printed = ''
  let compared = 0
  for (const { language, text } of blocks) {
    if (language === 'diff') {
      const [, again = ''] = /`npx mortar (matrix --cell \w+)`/.exec(guide) ?? []
      const { stdout } = await made.mortar(again.split(' '))
      expect(plain(stdout)).toMatch(/^1 finding in 1 cell over 1 test.* A test that fails today: /)
      made.write('billing.js', patched(made.read('billing.js'), text))
    }
    for (const [, line = ''] of language === 'sh' ? text.matchAll(/^npx mortar (.*)$/gm) : []) {
      printed = (await made.mortar(line.split(' '))).stdout
    }
    for (const part of language === 'text' ? text.split(/^…$/m) : []) {
      expect(plain(printed)).toContain(plain(part))
      compared++
    }
  }
  expect(compared).toBeGreaterThan(3)
})
