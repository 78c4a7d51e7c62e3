/** Node's own `fetch`, in the ways people use it. */
const base = process.env.BASE
const seen = {}
const fails = async (promise) =>
  promise.then(
    () => 'it did not fail',
    ({ name, message, cause }) => [name, message, cause?.code],
  )
const get = (path, init) => fetch(base + path, init)
const json = async (path, init) => (await get(path, init)).json()

seen.json = await json('/items/1')
seen.parallel = await Promise.all(Array.from({ length: 20 }, (_, at) => json(`/items/${at}`)))
seen.counted = []
for (let at = 0, last = 0; at < 3; at++) {
  const { count } = await json('/counter')
  seen.counted.push(at === 0 ? 'first' : count - last)
  last = count
}
seen.large = (await (await get('/large')).text()).length

const response = await get('/items/2')
const clone = response.clone()
seen.clone = [await response.json(), await clone.json(), clone.url === response.url, response.bodyUsed]

const pieces = []
for await (const chunk of (await get('/parts')).body) pieces.push(Buffer.from(chunk).toString())
seen.iterated = pieces.join('')
const reader = (await get('/parts?again')).body.pipeThrough(new TextDecoderStream()).getReader()
let text = ''
for (let step; !(step = await reader.read()).done;) text += step.value
seen.piped = text

const upload = new ReadableStream({
  async start(controller) {
    for (const part of ['first ', 'second ', 'third']) {
      controller.enqueue(new TextEncoder().encode(part))
      await new Promise(setImmediate)
    }
    controller.close()
  },
})
seen.streamed = await json('/echo', { method: 'POST', body: upload, duplex: 'half' })
const form = new FormData()
form.append('name', 'Ada')
form.append('file', new Blob(['content'], { type: 'text/plain' }), 'a.txt')
seen.form = await json('/echo?form', { method: 'POST', body: form })
seen.search = await json('/echo?search', { method: 'POST', body: new URLSearchParams({ a: '1' }) })
seen.blob = await json('/echo?blob', { method: 'PUT', body: new Blob(['x'.repeat(100)], { type: 'image/png' }) })
seen.request = await json('/echo?json', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: '{"a":1}',
})
seen.object = await (await fetch(new Request(`${base}/echo?object`, { method: 'PATCH', body: 'patched' }))).json()

const moved = await get('/moved')
seen.moved = [moved.redirected, moved.url.slice(base.length), await moved.json()]
seen.manual = (await get('/moved?manual', { redirect: 'manual' })).status
seen.cookies = (await get('/cookies')).headers.getSetCookie()
seen.failed = await fails(get('/moved?error', { redirect: 'error' }))

seen.status = (await get('/fails/503')).ok
seen.aborted = await fails(get('/silent', { signal: AbortSignal.timeout(100) }))
const already = new AbortController()
already.abort(new RangeError('changed my mind'))
seen.before = await fails(get('/items/3', { signal: already.signal }))
const during = new AbortController()
const endless = await get('/endless', { signal: during.signal })
const first = await endless.body.getReader().read()
seen.begun = Buffer.from(first.value).toString()
during.abort()
// The time begins with the answer, which a busy machine may be long in giving.
const late = new AbortController()
const again = await get('/endless?again', { signal: late.signal })
setTimeout(() => late.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')), 150)
seen.midway = await fails(again.text())
console.log(JSON.stringify(seen))
process.exit()
