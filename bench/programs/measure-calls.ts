/** Times one call after another, through `fetch` or `http.request`, against one subject. */
import http from 'node:http'
import { type BenchExchange, makeExchanges, requestHeaders } from '../exchanges.ts'
import { quantile } from '../measure.ts'
import type { Cell, CellResult, Measuring } from '../measuring.ts'
import type { Subject } from '../subjects/subject.ts'

const { subject, origin, count, cells } = JSON.parse(process.argv[2] ?? '{}') as Measuring
const exchanges = makeExchanges(count)
const { open } = (await import(`../subjects/${subject}.ts`)) as { open: Subject['open'] }
const opened = await open({ exchanges, origin })
const agent = new http.Agent({ keepAlive: true })
const results: Record<string, CellResult> = {}
for (const cell of cells) results[cell.name] = await measure(cell)
agent.destroy()
await opened.close?.()
process.stdout.write(`${JSON.stringify(results)}\n`, () => process.exit(0))

async function measure({ client, method, warmUpMs, measureMs, minCalls = 20 }: Cell): Promise<CellResult> {
  const mine = exchanges.filter((exchange) => exchange.method === method)
  const ask = client === 'fetch' ? askFetch : askHttp
  const pick = (): BenchExchange => mine[Math.floor(Math.random() * mine.length)]!
  try {
    await checked(ask, mine[0]!)
  } catch (error) {
    return { error: (error as Error).message }
  }
  for (const end = performance.now() + warmUpMs; performance.now() < end;) await ask(pick())
  const times: number[] = []
  for (const end = performance.now() + measureMs; performance.now() < end || times.length < minCalls;) {
    const exchange = pick()
    const started = performance.now()
    const text = await ask(exchange)
    times.push(performance.now() - started)
    if (text.length !== exchange.answer.length) return { error: 'a wrong answer' }
  }
  return { p50: quantile(times, 0.5) * 1000, p99: quantile(times, 0.99) * 1000, calls: times.length }
}

async function checked(ask: (exchange: BenchExchange) => Promise<string>, exchange: BenchExchange): Promise<void> {
  const text = await ask(exchange)
  if (text !== exchange.answer) throw new Error(`a wrong answer: ${text.slice(0, 60)}`)
}

async function askFetch({ method, path, body }: BenchExchange): Promise<string> {
  const fetch = opened.fetch ?? globalThis.fetch
  const response = await fetch(
    origin + path,
    body === undefined
      ? { headers: requestHeaders }
      : { method, body, headers: { ...requestHeaders, 'content-type': 'application/json' } },
  )
  return response.text()
}

function askHttp({ method, path, body }: BenchExchange): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string | number> = { ...requestHeaders }
    if (body !== undefined) {
      headers['content-type'] = 'application/json'
      headers['content-length'] = Buffer.byteLength(body)
    }
    const request = http.request(origin + path, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(Buffer.concat(chunks).toString()))
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end(body)
  })
}
