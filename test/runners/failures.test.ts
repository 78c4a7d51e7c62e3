import { describe, expect, it } from 'vitest'
import { project, type ProjectOptions } from '../support/project.ts'

const config = `import { defineConfig, http } from 'mortar'
  export default defineConfig({ boundaries: { shop: http({ origin: 'https://shop.example.com' }) } })`

/** Runs one test file and gives all that is printed; `body` is what stands below the imports. */
type Run = (body: string, options?: ProjectOptions & { env?: Record<string, string> }) => Promise<string>

function runner(head: string, command: string, args: readonly string[]): Run {
  return async (body, { env = {}, files = {}, ...options } = {}) => {
    const made = project({
      config,
      installed: true,
      packages: ['vitest', 'axios'],
      ...options,
      files: {
        'vitest.config.mjs': `import { mortar } from 'mortar/vitest'\nexport default { plugins: [mortar()] }`,
        'shop.test.mjs': `${head}\n${body}`,
        ...files,
      },
    })
    const { code, stdout, stderr } = await made.start(command, args, { env: { CI: '1', ...env } }).ended
    expect(code, stdout + stderr).toBe(1)
    return stdout + stderr
  }
}

const runners: Record<string, Run> = {
  vitest: runner(`import { test } from 'vitest'`, 'vitest', ['run']),
  'node --test': runner(`import { test } from 'mortar/node-test'`, process.execPath, [
    '--test',
    '--test-reporter=spec',
    'shop.test.mjs',
  ]),
}

const asks = (url: string): string => `test('asks', async () => {\n  await fetch('${url}')\n})`

function times(text: string, words: string): number {
  return text.split(words).length - 1
}

describe.each(Object.keys(runners))('what %s prints', (name) => {
  const run = runners[name]!

  it('of an unknown host is the code, the test, and the boundary to paste', async () => {
    const printed = await run(asks('https://rates.example.com/eur'))
    expect(printed).toContain('MORTAR_UNKNOWN_DESTINATION  https://rates.example.com belongs to no boundary')
    expect(printed).toContain('where: shop.test.mjs > asks')
    expect(printed).toContain("rates: http({ origin: 'https://rates.example.com' }),")
  })

  it('of a config that is wrong is what to correct, once', async () => {
    const wrong = config.replace('origin', 'orign')
    const printed = await run(asks('https://shop.example.com/'), { config: wrong })
    expect(printed).toContain('MORTAR_CONFIG_UNKNOWN_KEY  unknown key `boundaries.shop.orign`')
    expect(times(printed, 'Did you mean `origin`?')).toBe(1)
    expect(printed).not.toMatch(/^ +(?:❯|at) .*mortar|Serialized Error|Caused by/m)
  })

  it('of half a cassette is the file and the line', async () => {
    const files = { 'cassettes/shop.test/half.json': '{ "mortar": 1, "exchanges": [' }
    const body = `import { mortarTest } from 'mortar/${name === 'vitest' ? 'vitest' : 'node-test'}'
      test('asks', async () => {
        mortarTest.use('shop.test/half')
        await fetch('https://shop.example.com/')
      })`
    const printed = await run(body, { files })
    expect(printed).toContain('MORTAR_CASSETTE_UNREADABLE')
    expect(printed).toMatch(/where: \S*cassettes\/shop\.test\/half\.json/)
    expect(printed).toContain('→ Restore the file from version control')
  })

  it('of a mistyped key is the key that was meant, and the file', async () => {
    const mistyped = `export default { boundries: {} }`
    const printed = await run(asks('https://shop.example.com/'), { config: mistyped })
    expect(printed).toContain('MORTAR_CONFIG_UNKNOWN_KEY')
    expect(printed).toMatch(/where: \S*mortar\.config\.mjs/)
    expect(printed).toMatch(/boundaries/)
  })

  it('of a mistyped mode is what it may be', async () => {
    const printed = await run(asks('https://shop.example.com/'), { env: { MORTAR_RECORD: 'nwe' } })
    expect(printed).toContain('MORTAR_CONFIG_INVALID')
    expect(printed).toContain('expected: one of none, once, new, all, live')
    expect(printed).toMatch(/seen: nwe/)
  })

  it('of a miss is the line of the test that asked, and nothing of ours before it', async () => {
    const printed = await run(asks('https://shop.example.com/orders'))
    const [first = ''] = printed.split('which records it; then commit the cassette\n').slice(1)
    expect(first.split('\n')[0]).toMatch(/shop\.test\.mjs:3:9/)
    expect(printed).not.toMatch(/dist\/(?:run|core|modes|protocols)\/|Serialized Error|undefined/)
  })

  it('of a client that wraps the miss is its text once', async () => {
    const body = `import axios from 'axios'\ntest('asks', () => axios.get('https://shop.example.com/orders'))`
    const printed = await run(body)
    expect(times(printed, 'No recording answers GET https://shop.example.com/orders')).toBe(1)
    expect(printed).not.toContain('Serialized Error')
  })
})
