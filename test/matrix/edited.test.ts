import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { MatrixDocument } from '../../src/run/matrix/document.ts'
import { matrixProject } from './matrix-project.ts'

it.for([[], ['--no-cache']])(
  'says which programs were edited while it ran, and takes it for no whole matrix %s',
  async (more, { onTestFinished: after }) => {
    const made = matrixProject({
      after,
      boundaries: '',
      files: {
        'rates.mjs': `export async function rates() {
  const response = await fetch(process.env.GATEWAY + '/v1/rates', { signal: AbortSignal.timeout(6000) })
  if (!response.ok) throw new Error('no rates')
}`,
        'unused.mjs': 'export const unused = 1\n',
        'rates.test.mjs': `import { test } from 'vitest'
import { rates } from './rates.mjs'
test('rates', async () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
  await rates()
})`,
      },
    })
    const matrix = ['matrix', '--baseline', '1', '--fail-on', 'never', ...more]
    const running = made.start(process.execPath, [made.commandLine, ...matrix])
    await running.said('cells over')
    appendFileSync(join(made.directory, 'rates.mjs'), '// more\n')
    if (more.length === 0) appendFileSync(join(made.directory, 'unused.mjs'), '// more\n')
    const { stdout } = await running.ended
    const document = (): MatrixDocument => JSON.parse(made.read('.mortar/matrix.json')) as MatrixDocument
    expect(document()).toMatchObject({ edited: ['rates.mjs'], isWhole: false, state: 'finished' })
    expect(stdout).toContain('Edited meanwhile: rates.mjs; what is said may be of what stood there before,')
    expect(made.read('.mortar/matrix.html')).toContain('Edited meanwhile: rates.mjs; ')
    await made.mortar(matrix)
    expect(document().edited).toBeUndefined()
    expect(document().isWhole).toBe(true)
  },
)
