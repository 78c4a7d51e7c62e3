import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Notation } from '../../src/core/protocol.ts'
import { httpNotation } from '../../src/protocols/http/notation.ts'
import { openCassettes } from '../../src/store/cassettes.ts'
import { readExchanges } from '../../src/store/read-exchanges.ts'
import { readJournal } from '../../src/store/read-journal.ts'
import { newRun } from '../../src/store/runs.ts'
import { unsavedExchanges } from '../../src/store/unsaved-exchanges.ts'
import { bodyText } from '../support/http-exchange.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const notations = () => httpNotation as Notation<unknown, unknown>

/** Runs the fixture, kills it after `exchanges` at an arbitrary moment, and returns how many it said were complete. */
async function killAfter(exchanges: number, directory: string): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'journalling.fixture.ts'), directory])
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (output.split('\n').length > exchanges) child.kill('SIGKILL')
  })
  await once(child, 'close')
  return Number(output.split('\n').at(-2))
}

it.each([1, 7, 40, 95])(
  'reads every exchange back that was complete when the process was killed after %i',
  async (count) => {
    const project = temporaryFolder()
    const { directory } = newRun(project)
    const complete = await killAfter(count, directory)
    expect(complete).toBeGreaterThanOrEqual(count)

    const read = readExchanges(directory, notations)
    expect(read.length - complete).toBeOneOf([0, 1])
    const ended = read.filter((exchange) => exchange.ending === 'complete')
    for (const [i, exchange] of ended.entries()) expect(bodyText(exchange)).toMatch(new RegExp(`^${i} x+$`))
    expect(ended.length).toBeGreaterThanOrEqual(complete)
    expect(readJournal(directory).skipped).toBe(0)

    const [group] = unsavedExchanges(directory, notations)
    expect(group).toMatchObject({ cassette: 'cassettes/a.json', test: null })
    const cassettes = openCassettes(join(project, 'cassettes'), notations)
    const test = { file: 'a.test.ts', name: 'recovered' }
    cassettes.save(test, group!.exchanges, 'append')
    expect(cassettes.load(test)!.exchanges.map(bodyText)).toEqual(ended.map(bodyText))
  },
)
