// Run as a program: lets Chromium make the traffic and Playwright write the HAR. Arguments: origin, output, Chromium.
import { chromium } from 'playwright-core'

const [origin = '', output = '', executablePath = ''] = process.argv.slice(2)
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
const context = await browser.newContext({ recordHar: { path: output, content: 'embed', mode: 'full' } })
const page = await context.newPage()
await page.goto(`${origin}/landed?from=start`)
await page.evaluate(async () => {
  const ask = async (path: string, init?: RequestInit): Promise<void> => {
    await (await fetch(path, init)).arrayBuffer()
  }
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
  await ask('/cookies?page=2&q=a%20b')
  await ask('/gzip')
  await ask('/image.png')
  await ask('/form', { method: 'POST', headers: form, body: 'name=Zo%C3%AB&x=1' })
  await ask('/json', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"title":"Zoë","n":[1,2]}',
  })
  await ask('/upload', { method: 'POST', body: new Uint8Array([0, 255, 254, 1, 128]) })
  await ask('/redirect')
  await ask('/missing')
})
await context.close()
await browser.close()
