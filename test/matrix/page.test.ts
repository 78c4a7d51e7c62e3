import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { expect, it } from 'vitest'
import { makeCell } from '../../src/matrix/cell.ts'
import type { MatrixDocument } from '../../src/run/matrix/document.ts'
import { renderMatrix } from '../../src/run/matrix/html/render-matrix.ts'

const executablePath = process.env['MORTAR_CHROMIUM'] ?? '/usr/bin/chromium'
const installed = existsSync(executablePath)
if (!installed) console.warn(`SKIPPED: the page of the matrix is not looked at, as there is no ${executablePath}.`)

const hostile = '<img src=x onerror="document.title=1"> & "quoted"'
const test = { file: 'shop.test.ts', name: hostile }
const about = { boundary: 'pay', protocol: 'http', operation: 'POST /charges', nth: 1, family: 'error' } as const
const cell = makeCell({ test, fault: 'reply lost', ...about })
const other = makeCell({ test, fault: '503', ...about })
const judgement = { verdict: 'duplicate', oracle: 'O1', what: hostile, evidence: [hostile] } as const
const line = { ms: 1, boundary: 'pay', text: hostile }

const document: MatrixDocument = {
  version: 1,
  at: 0,
  durationMs: 1500,
  command: hostile,
  tests: { stable: 1, excluded: [{ test, state: 'flaky', why: hostile }] },
  findings: [
    {
      sentence: 'it took place twice',
      ...judgement,
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
      cells: [cell.id],
      reproduce: `mortar matrix --cell ${cell.id}`,
      clean: [line],
      faulted: [{ ...line, struck: true }, line],
    },
  ],
  isWhole: true,
  noLongerFound: [],
  weaknesses: [],
  cells: [
    { ...cell, ...judgement, durationMs: 1 },
    { ...other, verdict: 'handled', oracle: '', what: '', evidence: [], durationMs: 1 },
  ],
  exchanges: {},
  leftOut: [],
  unconfirmed: 0,
  expiredRules: [],
  resilience: { good: 1, of: 2 },
  vigilance: { good: 0, of: 0 },
  contracts: [],
  contractCoverage: { good: 0, of: 0 },
  state: 'finished',
}

it.skipIf(!installed)(
  'the page shows findings, both timelines and the grid, loads nothing and takes names as text',
  async ({ onTestFinished }) => {
    const folder = mkdtempSync(join(tmpdir(), 'matrix-page-'))
    const file = join(folder, 'matrix.html')
    writeFileSync(file, await renderMatrix(document))
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    onTestFinished(async () => {
      await browser.close()
      rmSync(folder, { recursive: true })
    })
    const page = await browser.newPage({ viewport: { width: 390, height: 800 } })
    const problems: string[] = []
    page.on('console', (message) => void problems.push(message.text()))
    page.on('request', (request) => void (request.url().startsWith('file:') || problems.push(request.url())))
    await page.goto(pathToFileURL(file).href)
    expect(await page.title()).toBe('1 finding · mortar matrix')
    expect(await page.locator('.finding summary').innerText()).toContain('it took place twice')
    expect(await page.locator('.timelines caption').allInnerTexts()).toEqual(['As it is', 'With the fault'])
    expect(await page.locator('.struck').innerText()).toContain(hostile)
    expect(await page.locator('.grid .chip.bad').innerText()).toBe('reply lost: duplicate')
    expect(await page.locator('.grid .chip.good').innerText()).toBe('503: handled')
    expect(await page.locator('.numbers').innerText()).toContain('1 of 2 errors handled')
    expect(await page.locator('main').innerText()).toContain(`Not judged, flaky: ${hostile}`)
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
    expect(wide).toBeLessThanOrEqual(390)
    expect(problems).toEqual([])
  },
  60_000,
)
