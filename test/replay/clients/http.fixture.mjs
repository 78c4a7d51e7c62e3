/** `node:http` and `node:https`, with agents, pipes, time-outs and signals. */
import http from 'node:http'
import https from 'node:https'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'

const { BASE: base, SECURE: secure } = process.env
const agent = new http.Agent({ keepAlive: true, maxSockets: 2 })
const seen = {}

const ask = (url, options = {}, body) =>
  new Promise((resolve, reject) => {
    const { request: open } = url.startsWith('https:') ? https : http
    const request = open(url, options, (response) => {
      text(response).then((whole) => resolve([response.statusCode, whole]), reject)
    })
    request.on('error', reject)
    request.on('timeout', () => request.destroy(new Error('too slow')))
    if (body instanceof Readable) pipeline(body, request).catch(reject)
    else request.end(body)
  })
const fails = async (promise) =>
  promise.then(
    () => 'it did not fail',
    ({ message, code }) => [message, code],
  )

seen.json = await ask(`${base}/items/1`)
seen.queued = await Promise.all(Array.from({ length: 10 }, (_, at) => ask(`${base}/items/${at}?queued`, { agent })))
seen.reused = await new Promise((resolve) => {
  const request = http.get(`${base}/items/11`, { agent }, (response) =>
    response.resume().on('end', () => resolve(request.reusedSocket)),
  )
})
seen.uploaded = await ask(`${base}/echo`, { method: 'POST' }, Readable.from(['some ', 'parts ', 'piped']))
seen.large = await new Promise((resolve, reject) => {
  http.get(`${base}/large`, (response) =>
    text(response.pipe(createGunzip())).then((whole) => resolve(whole.length), reject),
  )
})
seen.continued = await new Promise((resolve) => {
  const request = http.request(`${base}/echo?continue`, { method: 'POST', headers: { Expect: '100-continue' } })
  request.on('continue', () => request.end('after the go-ahead'))
  request.on('response', async (response) => resolve(await text(response)))
})
seen.timeout = await fails(ask(`${base}/silent`, { timeout: 100 }))
seen.signal = await fails(ask(`${base}/silent?signal`, { signal: AbortSignal.timeout(100) }))
seen.secure = await ask(`${secure}/items/2`)
seen.secureAgent = await ask(`${secure}/items/3`, { agent: new https.Agent({ keepAlive: true }) })
seen.socket = await new Promise((resolve) => {
  const request = https.get(`${secure}/items/4`, (response) => {
    const { encrypted, authorized, remoteFamily } = response.socket
    response.resume().on('end', () => resolve([encrypted, authorized, remoteFamily]))
  })
  request.setTimeout(5000)
})
console.log(JSON.stringify(seen))
process.exit()
