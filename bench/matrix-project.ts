import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { cli, temporaryFolder } from './project.ts'

const repository = join(import.meta.dirname, '..')
const services = 10

/** What is read of a cell. */
export interface MatrixCell {
  readonly id: string
  readonly durationMs: number
  readonly cached?: boolean
  readonly after?: object
  readonly detail?: object
}

/** How a matrix went. */
export interface MatrixRun {
  readonly totalMs: number
  /** From the plan to the last cell, confirming left out. */
  readonly cellsMs: number
  /** Those with a second fault, or one at a field, left out: they come later. */
  readonly cells: readonly MatrixCell[]
  readonly leftOut: readonly unknown[]
}

/** A service that is asked for ten things, over HTTP on this machine. */
const gateway = `import { createServer } from 'node:http'
import { once } from 'node:events'
export async function setup() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":1,"of":"it"}'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.env.GATEWAY = 'http://127.0.0.1:' + server.address().port
  return () => { server.closeAllConnections(); server.close() }
}`

/** Tests whose program asks three of ten services; with \`files: 1\`, one. */
export function makeMatrixProject(tests: number, { files = 10 }: { files?: number } = {}): string {
  const folder = temporaryFolder('matrix')
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(join(repository, 'node_modules/vitest'), join(folder, 'node_modules/vitest'))
  symlinkSync(repository, join(folder, 'node_modules/mortar'))
  const write = (name: string, content: string): void => writeFileSync(join(folder, name), content)
  write('package.json', '{"type":"module"}')
  write('package-lock.json', '{}')
  write('gateway.mjs', gateway)
  write(
    'mortar.config.mjs',
    "export default { test: 'vitest run', boundaries: { gateway: { protocol: 'http', origin: process.env.GATEWAY ?? 'http://127.0.0.1:9', record: 'live' } } }",
  )
  write(
    'vitest.config.mjs',
    "import { mortar } from 'mortar/vitest'\nexport default { plugins: [mortar()], test: { globalSetup: ['./gateway.mjs'], maxWorkers: 2 } }",
  )
  for (let file = 0; file < files; file++) {
    const asks = files === 1 ? [0] : [0, 1, 2]
    write(
      `program-${file}.mjs`,
      `async function ask(path) {
  const response = await fetch(process.env.GATEWAY + path, { signal: AbortSignal.timeout(1000) })
  if (!response.ok) throw new Error('the gateway answered ' + response.status)
  const { id } = await response.json()
  if (id !== 1) throw new Error('the gateway answered something else')
}
export async function work(first) {
  ${asks.map((one) => `await ask('/service-' + ((first + ${one}) % ${services}) + '/things')`).join('\n  ')}
}`,
    )
    const own = Math.min(Math.ceil(tests / files), tests - file * Math.ceil(tests / files))
    write(
      `file-${file}.test.mjs`,
      `import { test } from 'vitest'
import { work } from './program-${file}.mjs'
for (let i = 0; i < ${own}; i++) test('test ' + i, () => work(${files === 1 ? '0' : `${file} + i`}))`,
    )
  }
  return folder
}

/** How many cells there are to be. */
export async function planned(folder: string, unpruned: string): Promise<number> {
  const { cells, leftOut } = await runMatrix(folder, ['--no-cache', '--baseline', '1', '--budget', '1ms'], unpruned)
  return cells.length + leftOut.length
}

/** Runs `mortar matrix`. @param unpruned - Steps of pruning that are left out. */
export async function runMatrix(folder: string, args: readonly string[], unpruned = ''): Promise<MatrixRun> {
  const began = performance.now()
  const child = spawn(process.execPath, [cli, 'matrix', '--fail-on', 'never', ...args], {
    cwd: folder,
    env: { ...process.env, MORTAR_MATRIX_UNPRUNED: unpruned, MORTAR_RUN: undefined },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let [from, to] = [0, 0]
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (/ cells? over /.test(said)) from ||= performance.now()
    if (/ cells? run$/m.test(chunk.toString())) to ||= performance.now()
  })
  const [, code] = await Promise.all([
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => void child.once('error', reject).once('close', resolve)),
  ])
  const totalMs = performance.now() - began
  if (code !== 0) throw new Error(`the matrix ended with ${code}:\n${said}`)
  const document = JSON.parse(readFileSync(join(folder, '.mortar/matrix.json'), 'utf8')) as MatrixRun
  const cells = document.cells.filter(({ after, detail }) => !after && !detail)
  return { totalMs, cellsMs: to - from, cells, leftOut: document.leftOut }
}
