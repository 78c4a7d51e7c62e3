/** got: retries, hooks, pages, streams, time-outs. */
import got from 'got'
import { text } from 'node:stream/consumers'

const seen = {}
const api = got.extend({ prefixUrl: process.env.BASE, retry: { limit: 0 } })
seen.json = await api('items/1').json()
const { statusCode, headers, body, url, timings } = await api.post('echo', { json: { a: 1 } })
seen.post = [statusCode, headers['content-type'], body, url.endsWith('/echo'), timings.phases.total >= 0]
seen.large = (await api('large').text()).length
seen.many = await Promise.all([1, 2, 3, 4, 5, 6].map((at) => api(`items/${at + 20}`).json()))
seen.retried = await api('fails/503', { retry: { limit: 1, backoffLimit: 10 }, throwHttpErrors: false }).json()
seen.refused = await api('fails/404').catch(({ name, code, response }) => [name, code, response.statusCode])
seen.late = await api('silent', { timeout: { request: 150 } }).catch(({ name, code }) => [name, code])
seen.moved = await api('moved').json()
seen.streamed = await text(api.stream('parts'))
seen.cookies = (await api('cookies')).headers['set-cookie']
console.log(JSON.stringify(seen))
process.exit()
