/** undici from npm: another copy than node's own, with its own pools. */
import { Client, fetch, Pool, request, stream } from 'undici'
import { Writable } from 'node:stream'

const base = process.env.BASE
const seen = {}
const fails = async (promise) =>
  promise.then(
    () => 'it did not fail',
    ({ name, code }) => [name, code],
  )
const { statusCode, headers, body } = await request(`${base}/items/1`)
seen.request = [statusCode, headers['content-type'], await body.json()]
seen.post = await (
  await request(`${base}/echo`, { method: 'POST', body: 'posted', headers: { 'content-type': 'text/plain' } })
).body.json()
const response = await fetch(`${base}/items/2`)
seen.fetch = [response.status, await response.json()]
seen.large = (await (await fetch(`${base}/large`)).text()).length

const pool = new Pool(base, { connections: 3 })
const answers = Array.from({ length: 12 }, async (_, at) =>
  (await pool.request({ path: `/items/${at + 10}`, method: 'GET' })).body.json(),
)
seen.pool = await Promise.all(answers)
await pool.close()

const client = new Client(base, { pipelining: 4 })
const piped = [1, 2, 3, 4].map(async (at) =>
  (await client.request({ path: `/items/${at + 100}`, method: 'GET' })).body.json(),
)
seen.pipelined = await Promise.all(piped)
await client.close()

let streamed = ''
const opaque = new Writable({ write: (chunk, _encoding, done) => ((streamed += chunk), done()) })
await stream(`${base}/parts`, { method: 'GET', opaque }, () => opaque)
seen.streamed = streamed
seen.iterated = ''
for await (const chunk of (await request(`${base}/parts?again`)).body) seen.iterated += chunk
seen.aborted = await fails(request(`${base}/silent?aborted`, { signal: AbortSignal.timeout(100) }))
console.log(JSON.stringify(seen))
process.exit()
