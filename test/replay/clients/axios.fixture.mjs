/** axios, with its http and its fetch adapter. */
import { Agent } from 'node:http'
import axios from 'axios'

const seen = {}
for (const adapter of ['http', 'fetch']) {
  const api = axios.create({ baseURL: process.env.BASE, adapter, httpAgent: new Agent({ keepAlive: true }) })
  const own = (path) => `${path}?${adapter}`
  const { status, data, headers } = await api.get(own('/items/1'))
  const found = { get: [status, data, headers['content-type']] }
  found.post = (await api.post(own('/echo'), { a: [1, 2], b: { c: null } })).data
  found.form = (await api.postForm(own('/echo/form'), { name: 'Ada' })).data
  found.large = (await api.get(own('/large'))).data.length
  found.many = await Promise.all([1, 2, 3, 4, 5].map(async (at) => (await api.get(own(`/items/${at + 10}`))).data.id))
  found.refused = await api
    .get(own('/fails/422'))
    .catch((error) => [error.code, error.response.status, error.response.data])
  found.late = await api.get(own('/silent'), { timeout: 100 }).catch(({ code, message }) => [code, message])
  found.aborted = await api.get(own('/silent/2'), { signal: AbortSignal.timeout(100) }).catch(({ code }) => code)
  found.moved = (await api.get(own('/moved'))).data
  seen[adapter] = found
}
let streamed = ''
for await (const chunk of (await axios.get(`${process.env.BASE}/parts`, { responseType: 'stream' })).data)
  streamed += chunk
seen.streamed = streamed
console.log(JSON.stringify(seen))
process.exit()
