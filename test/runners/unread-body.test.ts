import { expect, it } from 'vitest'
import { type Project, project } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'

const runners: Record<string, { readonly source: string; readonly files?: Record<string, string> }> = {
  'node --test': { source: `import { test } from 'mortar/node-test'` },
  vitest: {
    source: `import { test } from 'vitest'`,
    files: {
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'\nexport default { plugins: [mortar()] }`,
    },
  },
}

/** Long enough for a busy machine, and far from the limit after which a child is killed. */
const limitMs = 20_000

async function endsInTime(made: Project, runner: string, env: Record<string, string>): Promise<void> {
  const child =
    runner === 'vitest'
      ? made.start('vitest', ['run'], { env })
      : made.start(process.execPath, ['--test', 'unread.test.mjs'], { env })
  const late = setTimeout(() => child.kill('SIGKILL'), limitMs)
  const { code, stdout, stderr } = await child.ended
  clearTimeout(late)
  expect(code, `${stdout}\n${stderr}`).toBe(0)
}

it.each(Object.keys(runners))('%s ends when a test leaves a body unread, also in replay', async (runner) => {
  // The head comes at once and the rest never, so that the answer is still open when the test ends.
  const service = await upstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders()
  })
  const { source, files } = runners[runner]!
  const made = project({
    installed: true,
    packages: ['vitest'],
    config: `import { http } from 'mortar'\nexport default { boundaries: { feed: http({ origin: '${service.origin}' }) } }`,
    files: {
      ...files,
      'unread.test.mjs': `${source}
        test('asks only whether it is there', async () => {
          const given = new AbortController()
          const { status } = await fetch('${service.origin}/feed', { signal: given.signal })
          if (status !== 200) throw new Error(String(status))
          if (process.env.MORTAR_RECORD === 'new') given.abort()
        })
        test('leaves it at the head', async () => {
          const response = await fetch('${service.origin}/feed')
          if (!process.env.READ) return
          const error = await response.text().catch((error) => error)
          if (!String(error.cause ?? error).includes('MORTAR_RECORDING_CUT')) throw new Error(error)
        })`,
    },
  })
  await endsInTime(made, runner, { MORTAR_RECORD: 'new' })
  await service.close()
  await endsInTime(made, runner, { MORTAR_RECORD: 'none' })
  await endsInTime(made, runner, { MORTAR_RECORD: 'none', READ: 'all' })
})

it.each(Object.keys(runners))('%s records an answer whole of which a test has read the head only', async (runner) => {
  const service = await upstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders()
    setTimeout(() => response.end('the rest'), 20)
  })
  const { source, files } = runners[runner]!
  const test = (read: string): string => `${source}
    test('asks', async () => {
      const response = await fetch('${service.origin}/feed')
      ${read}
    })`
  const made = project({
    installed: true,
    packages: ['vitest'],
    config: `import { http } from 'mortar'\nexport default { boundaries: { feed: http({ origin: '${service.origin}' }) } }`,
    files: { ...files, 'unread.test.mjs': test('') },
  })
  await endsInTime(made, runner, { MORTAR_RECORD: 'new' })
  await service.close()
  made.write('unread.test.mjs', test(`if ((await response.text()) !== 'the rest') throw new Error('cut off')`))
  await endsInTime(made, runner, { MORTAR_RECORD: 'none' })
})
