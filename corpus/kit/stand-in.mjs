import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'

/**
 * Starts a stand-in of an HTTP service on a free port, and puts its address into an environment variable.
 *
 * @param variable - Where the program and `mortar.config.mjs` look for the address.
 * @param routes - `'POST /charges/:id'` → a function of `{ params, query, headers, body }` to `[status, body, headers]`.
 * @returns `fault(route, what, { nth, times })` for proofs: `lose` the reply, `cut` before it is done, `silence`, or
 *   a reply as routes give it.
 */
export async function standIn(variable, routes) {
  const faults = []
  const compiled = Object.entries(routes).map(([route, answer]) => {
    const [method, path] = route.split(' ')
    return { route, method, path: new RegExp(`^${path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`), answer }
  })
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://stand.in')
    const body = request.headers['content-type']?.includes('json') ? await json(request) : undefined
    const found = compiled.find(({ method, path }) => method === request.method && path.test(url.pathname))
    if (!found) return send(response, [404, { error: 'no such route' }])
    const { route, path, answer } = found
    const fault = faults.find((one) => one.route === route && ++one.seen >= one.nth && one.seen < one.nth + one.times)
    if (fault?.what === 'cut') return request.socket.destroy()
    if (Array.isArray(fault?.what)) return send(response, fault.what)
    const params = path.exec(url.pathname).groups ?? {}
    const query = Object.fromEntries(url.searchParams)
    const reply = await answer({ params, query, headers: request.headers, body })
    if (fault?.what === 'silence') return undefined
    if (fault?.what === 'lose') return request.socket.destroy()
    return send(response, reply)
  })
  await listen(variable, server)
  return {
    fault: (route, what, { nth = 1, times = 1 } = {}) => faults.push({ route, what, nth, times, seen: 0 }),
  }
}

/** Lets a server listen on a free port, and puts its address into an environment variable. */
export async function listen(variable, server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  process.env[variable] = `http://127.0.0.1:${server.address().port}`
}

function send(response, [status, body, headers = {}]) {
  const isText = typeof body === 'string'
  response.writeHead(status, { ...(body && { 'content-type': isText ? 'text/html' : 'application/json' }), ...headers })
  response.end(isText || body === undefined ? body : JSON.stringify(body))
}
