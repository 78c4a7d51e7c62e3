/** Times one call after another, through `fetch` or `http.request`, against one subject. */
import http from 'node:http'
import { type BenchExchange, makeExchanges, requestHeaders } from '../exchanges.ts'
import { quantile } from '../measure.ts'
import type { Cell, CellResult, Measuring } from '../measuring.ts'
import type { Subject } from '../subjects/subject.ts'

const { subject, origin, count, cells } = JSON.parse(process.argv[2] ?? '{}') as Measuring
const exchanges = makeExchanges(count)
const asks = exchanges.map(askOf)
const { open } = (await import(`../subjects/${subject}.ts`)) as { open: Subject['open'] }
const opened = await open({ exchanges, origin })
const agent = new http.Agent({ keepAlive: true })
const results: Record<string, CellResult> = {}
for (const cell of cells) results[cell.name] = await measure(cell)
agent.destroy()
await opened.close?.()
process.stdout.write(`${JSON.stringify(results)}\n`, () => process.exit(0))

async function measure({ client, method, warmUpMs, measureMs, minCalls = 20 }: Cell): Promise<CellResult> {
  const mine = asks.filter((each) => each.method === method)
  const ask = client === 'fetch' ? askFetch : askHttp
  const pick = (): Ask => mine[Math.floor(Math.random() * mine.length)]!
  try {
    await checked(ask, method === 'GET' ? 0 : 1)
  } catch (error) {
    return { error: (error as Error).message }
  }
  for (const end = performance.now() + warmUpMs; performance.now() < end;) await ask(pick())
  const times: number[] = []
  for (const end = performance.now() + measureMs; performance.now() < end || times.length < minCalls;) {
    const next = pick()
    const started = performance.now()
    const text = await ask(next)
    times.push(performance.now() - started)
    if (text.length !== next.length) return { error: 'a wrong answer' }
  }
  const mean = (times.reduce((sum, time) => sum + time, 0) / times.length) * 1000
  return { p50: quantile(times, 0.5) * 1000, p99: quantile(times, 0.99) * 1000, mean, calls: times.length }
}

async function checked(ask: (ask: Ask) => Promise<string>, at: number): Promise<void> {
  const text = await ask(asks[at]!)
  if (text !== exchanges[at]?.answer) throw new Error(`a wrong answer: ${text.slice(0, 60)}`)
}

/** A question as the clients take it, so that no time is spent on putting it together. */
interface Ask {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string | undefined
  /** Of the answer. */
  readonly length: number
}

function askOf({ method, path, body, answer }: BenchExchange): Ask {
  const headers: Record<string, string> = { ...requestHeaders }
  if (body !== undefined) headers['content-type'] = 'application/json'
  return { method, url: origin + path, headers, body, length: answer.length }
}

async function askFetch({ method, url, headers, body }: Ask): Promise<string> {
  const fetch = opened.fetch ?? globalThis.fetch
  const response = await fetch(url, body === undefined ? { headers } : { method, body, headers })
  return response.text()
}

function askHttp({ method, url, headers, body }: Ask): Promise<string> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const request = http.request(url, { method, agent, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(Buffer.concat(chunks).toString()))
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end(body)
  })
}
