import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCell } from '../../src/matrix/cell.ts'
import { httpFaults } from '../../src/matrix/catalogue/http.ts'
import type { MatrixDocument, TimelineLine } from '../../src/run/matrix/document.ts'
import { renderMatrix } from '../../src/run/matrix/html/render-matrix.ts'

const executablePath = process.env['MORTAR_CHROMIUM'] ?? '/usr/bin/chromium'
const installed = existsSync(executablePath)
if (!installed) console.warn(`SKIPPED: the page of the matrix is not looked at, as there is no ${executablePath}.`)

const hostile = '</script><img src=x onerror="document.title=1"> & "quoted" \u202e'
const shown = hostile.replace('\u202e', '\ufffd')
const test = { file: 'shop.test.ts', name: hostile }
const about = { boundary: 'pay', protocol: 'http', operation: 'POST /charges', nth: 1, family: 'error' } as const
const lost = makeCell({ test, fault: 'reply lost', ...about })
const refused = makeCell({ test, fault: '503', ...about })
const cut = makeCell({ test, fault: 'truncated body', ...about, family: 'corruption' })
const absent = makeCell({ test, fault: 'field absent', ...about, family: 'corruption', detail: { pointers: ['/id'] } })
const select = makeCell({
  test,
  fault: 'sqlstate 57014',
  boundary: hostile,
  protocol: 'postgres',
  operation: 'SELECT orders',
  nth: 1,
  family: 'error',
})
const inbound = { boundary: 'hooks', protocol: 'webhook', operation: 'POST /hooks', nth: 1, family: 'error' } as const
const unsigned = makeCell({ test, fault: 'signature absent', ...inbound })
const again = makeCell({ test, fault: 'delivered twice', ...inbound })
const duplicate = { verdict: 'duplicate', oracle: 'O1', what: hostile, evidence: [hostile] } as const
const fine = { oracle: '', what: '', evidence: [], durationMs: 1 } as const
const line = { ms: 1, boundary: 'pay', text: hostile }
const ten = Array.from({ length: 10 }, (_, i) => ({ ...line, text: `${hostile} ${i}` }))
const json: readonly (readonly [string, string])[] = [['content-type', 'application/json']]

const document: MatrixDocument = {
  version: 1,
  at: 1,
  durationMs: 1500,
  command: hostile,
  isWhole: true,
  tests: { stable: 1, excluded: [{ test, state: 'flaky', why: hostile }] },
  findings: [
    {
      sentence: `it took place twice ${hostile}`,
      ...duplicate,
      boundary: 'pay',
      operation: 'POST /charges',
      fault: 'reply lost',
      operations: ['POST /charges'],
      faults: ['reply lost'],
      key: 'O1',
      harm: 'data',
      risk: 'medium',
      test,
      expected: 'ask again with the same key',
      cells: [lost.id],
      reproduce: `npx mortar matrix --cell ${lost.id}`,
      suggestedTest: '',
      clean: ten,
      faulted: [{ ...ten[0]!, struck: true }, ...ten],
    },
  ],
  noLongerFound: [],
  weaknesses: [],
  cells: [
    { ...lost, ...duplicate, durationMs: 1, exchange: 'charge' },
    { ...refused, ...fine, verdict: 'handled', exchange: 'charge' },
    { ...cut, ...fine, verdict: 'unnoticed', oracle: 'O9', exchange: 'charge' },
    { ...absent, ...fine, verdict: 'noticed', exchange: 'charge' },
    { ...select, ...fine, verdict: 'degraded', exchange: 'select' },
    { ...unsigned, ...fine, verdict: 'handled', exchange: 'hook' },
    { ...again, ...fine, verdict: 'handled', exchange: 'hook' },
  ],
  exchanges: {
    charge: {
      boundary: 'pay',
      protocol: 'http',
      operation: 'POST /charges',
      test,
      asked: { head: 'POST https://pay.test/charges', headers: json, body: '{\n  "amount": 5\n}', bytes: 12 },
      answered: { head: '201 Created', headers: json, body: `{\n  "id": "ch_1",\n  "note": "<b>"\n}`, bytes: 30 },
    },
    hook: {
      boundary: 'hooks',
      protocol: 'webhook',
      operation: 'POST /hooks',
      test,
      asked: { head: 'POST http://a.test/hooks', headers: [['stripe-signature', 't=1']], body: '{}', bytes: 2 },
      answered: { head: '200 OK', headers: [], body: '', bytes: 0 },
    },
    select: {
      boundary: hostile,
      protocol: 'postgres',
      operation: 'SELECT orders',
      test,
      asked: { head: 'SELECT * FROM orders', headers: [], body: '', bytes: 0 },
      answered: { head: '1 row', headers: [], body: '', bytes: 0 },
    },
  },
  leftOut: [],
  unconfirmed: 0,
  expiredRules: [],
  resilience: { good: 1, of: 2 },
  vigilance: { good: 0, of: 0 },
  contracts: [
    {
      boundary: 'pay',
      operation: 'POST /charges',
      status: 201,
      contentType: 'application/json',
      example: {
        method: 'POST',
        path: '/charges',
        query: '',
        requestHeaders: [],
        requestBody: '',
        responseHeaders: [],
        responseBody: {},
      },
      fields: [
        {
          pointer: '/id',
          types: ['string'],
          readBy: 'program',
          grade: 'asserted',
          absent: { cell: absent.id, needed: true, why: hostile },
        },
        { pointer: `/${hostile.replaceAll('/', '~1')}/*`, types: ['null'], readBy: 'nobody', grade: 'unread' },
      ],
      anyOf: [[['/id'], ['/key']]],
      sufficient: { cell: absent.id, held: true },
      tests: [test],
    },
  ],
  contractCoverage: { good: 1, of: 1 },
  state: 'finished',
}

describe.skipIf(!installed)('the page of a matrix', () => {
  let browser: Browser
  const folder = mkdtempSync(join(tmpdir(), 'matrix-page-'))
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true })
  })

  async function show(made: MatrixDocument, hash = '', javaScriptEnabled = true): Promise<Shown> {
    const file = join(folder, `${Math.random()}.html`)
    writeFileSync(file, await renderMatrix(made))
    const page = await browser.newPage({ viewport: { width: 390, height: 800 }, javaScriptEnabled })
    const problems: string[] = []
    page.on('console', (message) => void problems.push(message.text()))
    page.on('pageerror', (error) => void problems.push(error.message))
    page.on('request', (request) => void (request.url().startsWith('file:') || problems.push(request.url())))
    await page.goto(pathToFileURL(file).href + hash)
    return { page, file, problems }
  }

  it('shows findings with both timelines, loads nothing, fits a phone, and takes names as text', async () => {
    const { page, problems } = await show(document)
    expect(await page.title()).toBe('1 finding · mortar matrix')
    expect(await page.locator('.finding summary').first().innerText()).toContain(`it took place twice ${shown}`)
    expect(await page.locator('.timelines th').allInnerTexts()).toEqual(['As it is', 'With the fault'])
    expect(await page.locator('td.struck').innerText()).toContain(shown)
    expect(await page.locator('.folded').innerText()).toBe('⋯ 7 as ever')
    await page.getByLabel('every line').check()
    expect(await page.locator('.timelines tbody tr:visible').count()).toBe(11)
    expect(await page.locator('.finding .command code').first().innerText()).toBe(`npx mortar matrix --cell ${lost.id}`)
    expect(await page.locator('.numbers').innerText()).toContain('1 of 2 errors handled')
    expect(await page.locator('main').innerText()).toContain(`Not judged, flaky: ${shown}`)
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    expect(problems).toEqual([])
  })

  it('says once what a test that polls asks over and over, until every line is wanted', async () => {
    const polls = (count: number): TimelineLine[] =>
      Array.from({ length: count }, (_, i) => ({ ms: i, boundary: 'pay', text: 'GET /state  →  200 OK' }))
    const [first] = document.findings
    const charge = { ms: 0, boundary: 'pay', text: 'POST /charges  →  201 Created' }
    const { page } = await show({
      ...document,
      findings: [{ ...first!, clean: [charge, ...polls(3)], faulted: [{ ...charge, struck: true }, ...polls(40)] }],
    })
    const rows = page.locator('.timelines tbody tr:visible')
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringMatching(/POST \/charges.*POST \/charges/s) as string,
      expect.stringMatching(/200 OK × 3\s.*200 OK × 3$/s) as string,
      expect.stringMatching(/^\s*only with the fault:\s*3 ms pay GET \/state → 200 OK × 37$/) as string,
    ])
    await page.getByLabel('every line').check()
    expect(await rows.count()).toBe(41)
    expect(await page.locator('.times:visible').count()).toBe(0)
  })

  it('lays operations out against faults, a table for each protocol, and says each verdict in words', async () => {
    const { page } = await show(document)
    const http = page.locator('table.grid').first()
    expect(await http.locator('thead th[scope=colgroup]').allInnerTexts()).toEqual(['Errors', 'Wrong data', 'Fields'])
    expect(await http.locator('thead th[scope=col]').allInnerTexts()).toEqual([
      'reply lost',
      '503',
      'truncated body',
      'field absent',
    ])
    expect(await http.locator('tbody td .said').allInnerTexts()).toEqual([
      'duplicate',
      'handled',
      'unnoticed',
      'noticed',
    ])
    expect(await page.locator('table.grid').count()).toBe(3)
  })

  it.each([
    [lost, ['the reply is lost here', '← 201 Created'], []],
    [refused, ['201 Created'], ['503 Service Unavailable']],
    [cut, ['the body ends here'], []],
    [absent, ['"id": "ch_1",'], []],
    [unsigned, ['stripe-signature: t=1'], []],
    [again, ['it was acknowledged, and was delivered once more'], []],
    [select, ['1 row'], ['57014: canceling statement due to user request']],
  ] as const)('draws the fault of a cell into what was recorded: $fault', async (cell, gone, come) => {
    const { page } = await show(document, `#cell-${cell.id}`)
    const drawn = page.locator('.strike', { has: page.locator(`#cell-${cell.id}`) }).locator('.drawn')
    await drawn.waitFor({ state: 'visible' })
    const crossed = (await drawn.locator('del, mark').allInnerTexts()).map((each) => each.replace('⚡ ', ''))
    expect(crossed).toEqual(expect.arrayContaining([...gone]))
    expect(await drawn.locator('ins').allInnerTexts()).toEqual(expect.arrayContaining([...come]))
  })

  it.each([
    [true, 800],
    [false, 800],
    [true, 600],
  ])('lands where the drawing is on the screen, with a script: %j, %j pixels high', async (withScript, height) => {
    const long = JSON.stringify({ id: 'ch_1', lines: Array.from({ length: 40 }, (_, i) => `line ${i}`) }, null, 2)
    const { charge, ...others } = document.exchanges
    const answered = { ...charge!.answered, body: long }
    const { page } = await show(
      { ...document, exchanges: { ...others, charge: { ...charge!, answered } } },
      '',
      withScript,
    )
    await page.setViewportSize({ width: 390, height })
    await page.getByText('The exchange, with the fault in it').first().click()
    const cell = page.locator(`#cell-${lost.id}`)
    await cell.waitFor({ state: 'visible' })
    const drawn = (await page.locator('.strike', { has: cell }).locator('.drawn').boundingBox())!
    expect(drawn.y).toBeGreaterThanOrEqual(0)
    expect(drawn.y + drawn.height).toBeLessThanOrEqual(height)
    // And what became of it stands below.
    expect((await cell.boundingBox())!.y).toBeLessThan(height)
  })

  it('has a shade at the side of a table that goes on there, by day and by night, and none at its end', async () => {
    const wide = httpFaults.map(({ name }) => ({ ...makeCell({ test, fault: name, ...about }), ...fine }))
    const { page } = await show({ ...document, cells: wide.map((cell) => ({ ...cell, verdict: 'handled' })) })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.evaluate('document.querySelector(".scroll").scrollLeft = 0')
      expect(await hasShade(page)).toBe(true)
      await page.evaluate('document.querySelector(".scroll").scrollLeft = 1e6')
      expect(await hasShade(page)).toBe(false)
    }
    const narrow = await show(document)
    expect(await hasShade(narrow.page)).toBe(false)
  })

  it('marks each field of the recorded answer with what became of it when it was changed', async () => {
    const { page } = await show(document)
    await page.locator('#operation-1 > summary').click()
    await page.locator('.recorded > summary').first().click()
    const answered = page.locator('.recorded .drawn').nth(1)
    expect((await answered.innerText()).split('\n')).toEqual([
      '201 Created',
      '{',
      '  "id": "ch_1", ◉ absent',
      '  "note": "<b>"',
      '}',
    ])
    await answered.getByText('absent').click()
    await page.locator(`#cell-${absent.id}`).waitFor({ state: 'visible' })
  })

  it('filters by verdict and by boundary, and goes from one bad verdict to the next, without a script', async () => {
    const { page } = await show(document, '', false)
    const strikes = (): Promise<string[]> => page.locator('.strike:visible > summary').allInnerTexts()
    await page.locator('.operation > summary').first().click()
    expect(await strikes()).toHaveLength(4)
    await page.getByText('unnoticed 1').click()
    expect(await strikes()).toEqual([expect.stringContaining('truncated body')])
    await page.locator('label[for="v-"]').click()
    await page.locator('.strike > summary').first().click()
    await page.getByText('next →').first().click()
    expect(page.url()).toMatch(/#strike-1-2$/)
    await page.locator('label[for="b-0"]').click()
    expect(await page.locator('.operation:visible').count()).toBe(1)
  })

  it('shows what the program needs of an answer, with the cells that prove it', async () => {
    const { page } = await show(document)
    await page.locator('.contract > summary').click()
    const rows = await page.locator('.fields tbody tr').allInnerTexts()
    expect(rows.map((row) => row.split(/\s+/))).toEqual([
      expect.arrayContaining(['id', 'string', 'asserted', 'program', 'breaks']),
      expect.anything(),
      expect.arrayContaining(['each', 'element', 'unread', 'nobody']),
    ])
    expect(rows[1]).toContain(shown)
    expect(await page.locator('.contract').innerText()).toContain('/id or /key')
  })

  it('loads itself again while the matrix runs, and is as it was left until it is over', async () => {
    const { page, file } = await show({ ...document, state: 'running', leftOut: [refused] })
    expect(await page.title()).toBe('1 finding so far · mortar matrix')
    expect(await page.locator('label[for=progress]').innerText()).toBe('Running: 7 of 8 cells')
    await page.locator('.finding > details > summary').click()
    await page.locator('#operation-2 > summary').click()
    await page.locator('label[for="v-degraded"]').click()
    writeFileSync(file, await renderMatrix(document))
    await expect.poll(() => page.title(), { timeout: 10_000 }).toBe('1 finding · mortar matrix')
    expect(await page.locator('#operation-2').getAttribute('open')).toBe('')
    expect(await page.locator('.finding > details').getAttribute('open')).toBeNull()
    expect(await page.locator('#v-degraded').isChecked()).toBe(true)
    expect(await page.locator('meta[http-equiv=refresh]').count()).toBe(0)
  })
})

/** Whether the first table looks otherwise without what is to say that it goes on at the side. */
async function hasShade(page: Page): Promise<boolean> {
  const table = page.locator('.scroll').first()
  const looks = await table.screenshot()
  await page.evaluate(
    'document.styleSheets[0].insertRule(".scroll::after { visibility: hidden }", document.styleSheets[0].cssRules.length)',
  )
  const without = await table.screenshot()
  await page.evaluate('document.styleSheets[0].deleteRule(document.styleSheets[0].cssRules.length - 1)')
  return !looks.equals(without)
}

interface Shown {
  readonly page: Page
  readonly file: string
  readonly problems: readonly string[]
}
