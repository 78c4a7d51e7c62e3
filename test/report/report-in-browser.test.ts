import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { renderReport } from '../../src/run/report/render-report.ts'
import { summarize } from '../../src/run/summary.ts'
import type { SummaryInput } from '../../src/run/summary/input.ts'
import { JournalBuilder } from './journal-builder.ts'
import { checkedMatrix, hostileRun, inputOf, largeRun, observedRun, troubledRun } from './sample-runs.ts'

const executablePath = process.env['MORTAR_CHROMIUM'] ?? '/usr/bin/chromium'
const installed = existsSync(executablePath)
if (!installed) {
  console.warn(`SKIPPED: the report is not tested in a browser, because there is none at ${executablePath}.`)
}

describe.skipIf(!installed)('the report in a browser', () => {
  let browser: Browser
  let folder: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mortar-report-'))
    const args = [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ]
    browser = await chromium.launch({ executablePath, args: [...args, '--disable-component-update', '--disable-sync'] })
  })

  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Opens a report from disk; whatever it complains of or asks the network for fails the test. */
  async function open(
    input: SummaryInput,
    hash = '',
    colorScheme: 'light' | 'dark' = 'light',
    within = '',
  ): Promise<Page> {
    const file = join(mkdtempSync(join(folder, 'run-')), within, 'report.html')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, renderReport(summarize(input)))
    const context = await browser.newContext({ colorScheme, viewport: { width: 1100, height: 800 } })
    const page = await context.newPage()
    const complaints: string[] = []
    const address = pathToFileURL(file).href
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => {
      if (request.url().split('#')[0] !== address && !request.url().startsWith('data:')) complaints.push(request.url())
    })
    onTestFinished(async () => {
      await context.close()
      expect(complaints).toEqual([])
    })
    await page.goto(address + hash)
    return page
  }

  const nodes = (page: Page): Promise<number> => page.evaluate<number>(`document.querySelectorAll('*').length`)

  it('opens with the verdict, its reasons and the first findings', async () => {
    const page = await open(troubledRun())
    expect(await page.title()).toBe('Failed · mortar check')
    await expect.poll(() => page.locator('h1').textContent()).toBe('Failed')
    await expect.poll(() => page.locator('.verdict li').first().textContent()).toBe('2 tests failed')
    await expect.poll(() => page.locator('.finding h3').first().textContent()).toContain('no recording answers POST')
    await expect.poll(() => page.locator('table tbody tr').count()).toBe(3)
  })

  it('says of a failed test which boundary broke and how, and leads to all that was said', async () => {
    const page = await open(observedRun())
    await expect.poll(() => page.locator('h2').allTextContents()).toContain('What broke')
    const told = await page.locator('.broken li').textContent()
    expect(told).toContain('places an order')
    expect(told).toContain('constraint')
    expect(told).toContain('INSERT was answered by 23505')
    await expect
      .poll(() => page.locator('.finding').allTextContents())
      .toContainEqual(expect.stringContaining("npx mortar timeline --test 'places an order'"))
    await page.locator('.finding a.test-name').first().click()
    await expect.poll(() => page.locator('h2').allTextContents()).toContain('What broke')
    await expect.poll(() => page.locator('main').textContent()).toContain('constraint')
    await expect.poll(() => page.locator('main').textContent()).toContain('INSERT was answered by 23505')
    const link = page.locator('a', { hasText: 'Timeline with statements' })
    expect(await link.getAttribute('href')).toBe(
      'runs/20260301T120000-0000/artifacts/bot.test/places%20%231/timeline.md',
    )
  })

  it('leads there from the report that lies with its run too', async () => {
    const page = await open(observedRun(), '', 'light', 'runs/20260301T120000-0000')
    await page.locator('.finding a.test-name').first().click()
    const link = page.locator('a', { hasText: 'Timeline with statements' })
    await expect.poll(() => link.getAttribute('href')).toBe('artifacts/bot.test/places%20%231/timeline.md')
  })

  it('leads from what the failure matrix has found to its place there, and takes its words as text', async () => {
    const words = '`POST /a` <img src=x onerror="window.hacked=1"> took place twice'
    const page = await open(inputOf(new JournalBuilder(), { matrix: checkedMatrix(words) }))
    const finding = page.locator('.finding', { hasText: 'took place twice' }).first()
    await expect.poll(() => finding.locator('h3').textContent()).toContain(words.replaceAll('`', ''))
    expect(await finding.getByText('in the failure matrix').getAttribute('href')).toBe('matrix.html#cell-c1')
    expect(await page.evaluate<unknown>('window.hacked')).toBe(undefined)
    await expect.poll(() => page.locator('.facts').first().textContent()).toContain('resilience 1 of 2')
  })

  it('shows names of boundaries that broke as text', async () => {
    const name = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
    const page = await open(observedRun(name))
    await page.locator('.finding a.test-name').first().click()
    await expect.poll(() => page.locator('h2').allTextContents()).toContain('What broke')
    expect(await page.evaluate<unknown>('window.hacked')).toBe(undefined)
  })

  it('says the same of tests in its tab as on its first page', async () => {
    const { events, ...rest } = troubledRun()
    const test = { file: 'test/crash.test.ts', name: 'crashes' }
    const page = await open({ ...rest, events: [...events, { t: 'test', at: rest.now, test, state: 'start' }] })
    const stated = await page.locator('.facts dd').first().textContent()
    const tab = await page.locator('nav a .count.bad').first().textContent()
    expect(stated).toContain(tab!)
    expect(tab).toBe('2 failed, 1 unfinished')
  })

  it('says in one sentence what a run that passed has shown', async () => {
    const journal = new JournalBuilder()
    journal.test('a', 'passed', (test) => void journal.exchange(test))
    const page = await open(inputOf(journal))
    const shown = await page.locator('.verdict li').allTextContents()
    expect(shown).toHaveLength(1)
    expect(shown[0]).toMatch(
      /^\d+ tests? passed, and recordings answered all that was asked: \d+ exchanges?, no miss\.$/,
    )
  })

  it('leads by keyboard alone from the first page to an exchange of a timeline', async () => {
    const page = await open(troubledRun())
    await page.keyboard.press('Tab')
    await expect.poll(() => page.locator(':focus').textContent()).toBe('Skip to content')
    await page.keyboard.press('3')
    await page.locator('main.view-tests').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('creates a missing')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.locator('main.view-test').waitFor()
    await expect.poll(() => page.locator('h1').textContent()).toBe('labels an issue > creates a missing label')
    await expect
      .poll(() => page.locator('.misses pre').textContent())
      .toContain('closest: cassettes/bot.json, exchange 4\n')
    await page.keyboard.press('j')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect
      .poll(() => page.locator('.details:visible').textContent())
      .toContain('https://api.github.com/repos/a/b/labels/bug')
    await page.goBack()
    await page.locator('main.view-tests').waitFor()
    expect(await page.locator('#filter').inputValue()).toBe('creates a missing')
    await expect.poll(() => page.locator(':focus').textContent()).toContain('creates a missing label')
  })

  it('shows its keys on ?, and closes them on Escape', async () => {
    const page = await open(troubledRun())
    await page.keyboard.press('?')
    await expect.poll(() => page.locator('dialog').isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('dialog').isVisible()).toBe(false)
  })

  it('keeps the document small and the filter working with 10,000 exchanges', async () => {
    const page = await open(largeRun(10_000, 2000))
    expect(await nodes(page)).toBeLessThan(1000)
    await page.goto(`${page.url().split('#')[0]}#/tests`)
    await page.locator('main.view-tests').waitFor()
    await expect.poll(() => page.locator('tbody tr').count()).toBe(100)
    expect(await nodes(page)).toBeLessThan(2500)
    await page.locator('.choices label', { hasText: 'Failed' }).click()
    await expect.poll(() => page.locator('[role=status]').first().textContent()).toBe('40 of 2,000 tests')
    await page.locator('#filter').fill('thing 1907')
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1)
    await page.locator('tbody a').click()
    await expect.poll(() => page.locator('h1').textContent()).toBe('suite 7 > does thing 1907')
  })

  it('pages through a test with 1,000 exchanges', async () => {
    const page = await open(largeRun(10_000, 2000), '#/test/test%2Fbot.test.ts/suite%200%20%3E%20does%20thing%200')
    await expect.poll(() => page.locator('.entry').count()).toBe(100)
    expect(await nodes(page)).toBeLessThan(2500)
    await page.locator('.entry').first().focus()
    await page.keyboard.press('PageDown')
    await expect.poll(() => page.locator('.pager [role=status]').textContent()).toBe('101–200 of 1,000 exchanges')
    await expect.poll(() => page.url()).toContain('?page=1')
    await page.keyboard.press('/')
    await page.keyboard.type('/items/17')
    await expect.poll(() => page.locator('.entry').count()).toBe(25)
  })

  it('follows the dark theme of the system until another is chosen', async () => {
    const page = await open(troubledRun(), '', 'dark')
    const colours = (): Promise<string> =>
      page.evaluate<string>('getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).color')
    const dark = await colours()
    expect(dark).toBe('rgb(20, 23, 26)rgb(227, 230, 233)')
    await page.keyboard.press('t')
    await expect.poll(colours).toBe('rgb(247, 247, 245)rgb(30, 34, 38)')
    await page.keyboard.press('t')
    await expect.poll(colours).toBe(dark)
  })

  it('shows hostile names as text, in every view', async () => {
    const input = hostileRun()
    const page = await open(input)
    const { tests, boundaries } = summarize(input)
    const key = (...names: readonly string[]): string =>
      names.map((name) => encodeURIComponent(name.toWellFormed())).join('/')
    const views = [
      '',
      'boundaries',
      'tests',
      'unknown',
      'slowest',
      'nonsense/%E0%A4%A',
      'test/none',
      'boundary/none',
      ...tests.map(({ test }) => `test/${key(test!.file, test!.name)}`),
      ...boundaries.map(({ name }) => `boundary/${key(name)}`),
    ]
    for (const view of views) {
      await page.goto(`${page.url().split('#')[0]}#/${view}`)
      await page.waitForFunction(`document.body.dataset.drawn === ${JSON.stringify(new URL(page.url()).hash)}`)
      expect(await page.locator('h1').count(), view).toBe(1)
      await expect.poll(() => page.locator('main img, main script').count()).toBe(0)
      const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
      expect(wide, `${view} is wider than the window`).toBeLessThanOrEqual(0)
    }
    expect(await page.evaluate(`'hacked' in window`)).toBe(false)
    const [first] = tests
    await page.goto(`${page.url().split('#')[0]}#/test/${key(first!.test!.file, first!.test!.name)}`)
    await expect.poll(() => page.locator('h1').textContent()).toBe(first!.test!.name)
  })

  it('says that nothing was tested when there is nothing', async () => {
    const page = await open(inputOf(new JournalBuilder()))
    await expect.poll(() => page.locator('h1').textContent()).toBe('Failed')
    await expect.poll(() => page.locator('.finding h3').textContent()).toContain('Nothing was tested')
    await page.keyboard.press('3')
    await expect.poll(() => page.locator('main').textContent()).toContain('No tests to show')
  })

  it('has one heading of the first level, landmarks, and a name for every control', async () => {
    const page = await open(troubledRun(), '#/tests')
    for (const landmark of ['header', 'nav[aria-label]', 'main'])
      await expect.poll(() => page.locator(landmark).count()).toBe(1)
    const unnamed = await page.evaluate(`
      [...document.querySelectorAll('button, a, input')].filter(
        (control) => !control.textContent && !control.getAttribute('aria-label') && !control.closest('label'),
      ).length`)
    expect(unnamed).toBe(0)
    await expect.poll(() => page.locator('[aria-current=page]').textContent()).toContain('Tests')
  })
})
