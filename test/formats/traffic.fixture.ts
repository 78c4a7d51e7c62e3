import http from 'node:http'

const binary = Buffer.from([0, 255, 254, 1, 128])

function ask(method: string, url: string, headers: Record<string, string> = {}, body?: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers }, (response) => {
      response.resume()
      response.on('end', resolve)
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** The calls every recorder is shown, through `node:http`. Redirects are followed by hand, as `node:http` does not. */
export async function traffic(origin: string): Promise<void> {
  await ask('GET', `${origin}/cookies?page=2&q=a%20b`, { Accept: 'text/plain' })
  await ask('GET', `${origin}/gzip`, { 'Accept-Encoding': 'gzip' })
  await ask('GET', `${origin}/image.png`)
  await ask('POST', `${origin}/form`, { 'Content-Type': 'application/x-www-form-urlencoded' }, 'name=Zo%C3%AB&x=1')
  await ask('POST', `${origin}/json`, { 'Content-Type': 'application/json' }, '{"title":"Zoë","n":[1,2]}')
  await ask('POST', `${origin}/upload`, { 'Content-Type': 'application/octet-stream' }, binary)
  await ask('GET', `${origin}/redirect`)
  await ask('GET', `${origin}/landed?from=redirect`)
  await ask('GET', `${origin}/missing`)
}
