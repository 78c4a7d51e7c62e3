import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import type { Notation } from '../../src/core/protocol.ts'
import { httpNotation } from '../../src/protocols/http/notation.ts'
import { openCassettes } from '../../src/store/cassettes.ts'
import { bodyText } from '../support/http-exchange.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/cassette-format.md'), 'utf8')
const [example] = Array.from(page.matchAll(/```json\n([\s\S]*?)```/g), (match) => match[1]!)

it('reads the example of docs/cassette-format.md, and writes it the same way', () => {
  const cassettes = openCassettes(temporaryFolder(), () => httpNotation as Notation<unknown, unknown>)
  const test = { file: 'test/pay.test.ts', name: 'payments > charges the card once' }
  const file = cassettes.path(test)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, example!)

  const cassette = cassettes.load(test)!
  expect(cassette.test).toEqual(test)
  expect(cassette.exchanges.map(bodyText)).toEqual(['{\n  "id": "ch_1",\n  "paid": true\n}\n'])

  const redactions = cassette.redactions.map(({ kind, where }) => ({ kind, where: where[0]! }))
  cassettes.save(test, cassette.exchanges, 'replace', { recorded: cassette.recorded, redactions })
  expect(readFileSync(file, 'utf8')).toBe(example)
})
