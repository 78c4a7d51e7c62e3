import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { har } from '../../src/formats/har.ts'
import { answerBody, answerHead, lossLines, recordForReal } from './read-truth.ts'

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
if (!chromium) process.stderr.write('SKIPPED: tests with a real HAR of Chromium, because it is not installed here\n')
const script = fileURLToPath(new URL('record-browser.fixture.ts', import.meta.url))

test.skipIf(!chromium)(
  'a HAR that Playwright writes of Chromium holds what the service sent, bodies decoded',
  async () => {
    const { exchanges, truths, origin, format, imported } = await recordForReal('page.har', (from, output) => [
      process.execPath,
      script,
      from,
      output,
      chromium ?? '',
    ])

    expect(format).toBe('har')
    const paths = [
      '/landed?from=start',
      '/cookies?page=2&q=a%20b',
      '/gzip',
      '/image.png',
      '/form',
      '/json',
      '/upload',
      '/redirect',
      '/landed?from=redirect',
      '/missing',
    ]
    for (const path of paths) {
      const truth = truths.find((one) => one.path === path)
      const exchange = exchanges.find(({ question }) => question.url === `${origin}${path}`)
      expect(exchange?.question.method).toBe(truth?.method)
      if (path !== '/upload')
        expect(Buffer.from(exchange?.question.body ?? []).toString()).toBe(truth?.requestBody.toString())
      expect(answerHead(exchange).status).toBe(truth?.status)
      if (truth?.status !== 302) {
        expect(answerBody(exchange)).toEqual(path === '/gzip' ? gunzipSync(truth?.body ?? '') : truth?.body)
      }
    }
    expect(
      answerHead(exchanges.find(({ question }) => question.url.includes('/cookies'))).headers.filter((line) =>
        line.startsWith('set-cookie'),
      ),
    ).toEqual(['set-cookie: a=1; Path=/', 'set-cookie: b=2; Path=/'])
    expect(lossLines(imported.losses)).toContain('1 encoded response bodies')
    expect(lossLines(imported.losses)).toContain('1 request bodies')

    const { text, losses } = har.write?.(exchanges) ?? { text: '', losses: [] }
    const again = await har.read(text, { path: 'x', modifiedAt: 0, boundary: () => '' })
    expect(losses).toEqual([])
    expect(har.write?.(again.groups.flatMap((group) => group.exchanges)).text).toBe(text)
  },
)
