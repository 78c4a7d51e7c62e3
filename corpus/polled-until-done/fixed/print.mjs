import { randomUUID } from 'node:crypto'
import { ask, pause, retry } from 'corpus-kit/ask'

/** Has a document printed. @returns its file; @throws where that takes longer than 20 s, or cannot be known */
export async function print(document) {
  const url = `${process.env.JOBS_URL}/jobs`
  const headers = { 'idempotency-key': randomUUID() }
  const { id } = await retry(() => ask('POST', url, { body: { document }, headers }))
  if (typeof id !== 'string' || id === '') throw new Error('a job without an id')
  const until = Date.now() + 20_000
  while (Date.now() < until) {
    const job = await retry(() => ask('GET', `${url}/${id}`), { firstMs: 100 })
    if (job.state === 'done' && typeof job.file === 'string') return job.file
    if (job.state !== 'running' && job.state !== 'queued') throw new Error(`job ${id} is ${job.state}`)
    await pause(200)
  }
  throw new Error(`job ${id} takes too long`)
}
