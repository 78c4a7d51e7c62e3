// Saves some exchanges one by one to one test's cassette, as one of several workers.
import { httpNotation } from '../../src/protocols/http/notation.ts'
import type { Notation } from '../../src/core/protocol.ts'
import { openCassettes } from '../../src/store/cassettes.ts'
import { httpExchange } from '../support/http-exchange.ts'

const [directory, worker, count] = process.argv.slice(2) as [string, string, string]
const cassettes = openCassettes(directory, () => httpNotation as Notation<unknown, unknown>)
for (let i = 0; i < Number(count); i++) {
  const exchange = httpExchange({ id: `${worker}-${i}`, body: new Uint8Array(300).fill(i) })
  cassettes.save({ file: 'a.test.ts', name: 'shared' }, [exchange], 'append', {
    redactions: [{ kind: 'jwt', where: worker }],
  })
}
