// Records without end into the run folder given, and says on stdout how many exchanges are complete.
import { writeSync } from 'node:fs'
import { httpNotation } from '../../src/protocols/http/notation.ts'
import { openJournal } from '../../src/store/journal.ts'
import { runBodies } from '../../src/store/read-exchanges.ts'
import { httpExchange } from '../support/http-exchange.ts'

const directory = process.argv[2]!
const journal = openJournal(directory, 'journalling.fixture')
const files = runBodies(directory)
const cassette = 'cassettes/a.json'
for (let i = 0; ; i++) {
  const id = `e${i}`
  const at = Date.now()
  // Every tenth body is so large that it goes to a file, and the others are large enough for torn lines.
  const exchange = httpExchange({ id, askedAt: at, body: `${i} ${'x'.repeat(i % 10 === 0 ? 70_000 : 20_000)}` })
  const { boundary, protocol, operation, effect, question, messages, durationMs, ending } = exchange
  journal.write(
    {
      t: 'ask',
      at,
      id,
      boundary,
      protocol,
      operation,
      effect,
      door: 'in-process',
      by: 'service',
      test: null,
      cassette,
      summary: '',
      content: httpNotation.write({ question, messages: [] }, files),
    },
    'now',
  )
  const content = httpNotation.write({ question, messages }, files)
  journal.write({ t: 'end', at: Date.now(), id, durationMs, ending, summary: '', ok: true, content }, 'now')
  writeSync(1, `${i + 1}\n`)
}
