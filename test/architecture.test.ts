import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

// Each layer may import itself and those listed here; ARCHITECTURE.md shows the same table.
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  files: ['core'],
  protocols: ['core'],
  modes: ['core'],
  contracts: ['core'],
  timeline: ['core', 'protocols'],
  matrix: ['core', 'protocols', 'modes', 'timeline'],
  store: ['core', 'files'],
  formats: ['core', 'protocols', 'store'],
  engine: ['core', 'files', 'modes'],
  services: ['core', 'files', 'protocols', 'engine'],
  run: ['core', 'files', 'protocols', 'modes', 'contracts', 'timeline', 'matrix', 'store', 'engine', 'services'],
  runners: ['core', 'engine', 'run', 'store'],
  cli: ['core', 'files', 'timeline', 'matrix', 'run', 'services', 'store', 'formats', 'protocols'],
}

const files = globSync('src/**/*.ts').filter((file) => !file.endsWith('.test.ts'))
const imports = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, specifier = '']) => ({
    file,
    layer: file.split('/')[1] ?? '',
    target: join(dirname(file), specifier).split('/')[1] ?? '',
  })),
)

test('finds the source files and their imports', () => {
  expect(files.length).toBeGreaterThan(100)
  expect(imports.length).toBeGreaterThan(files.length)
})

test('every folder of src is a layer that the table knows', () => {
  const folders = new Set(
    files
      .map((file) => file.split('/'))
      .filter((path) => path.length > 2)
      .map((path) => path[1]),
  )
  expect([...folders].sort()).toEqual(Object.keys(mayImport).sort())
})

test('each layer imports only the layers below it', () => {
  const wrong = imports.filter(
    ({ layer, target }) => mayImport[layer] && target !== layer && !mayImport[layer].includes(target),
  )
  expect(wrong.map(({ file, target }) => `${file} must not import ${target}`)).toEqual([])
})

// What protocols share that is no protocol itself.
const sharedByProtocols: ReadonlySet<string | undefined> = new Set(['sql'])

test('one protocol does not import another', () => {
  const wrong = files.flatMap((file) => {
    const [, layer, protocol] = file.split('/')
    if (layer !== 'protocols' || protocol?.endsWith('.ts')) return []
    return [...readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g)]
      .map(([, specifier = '']) => join(dirname(file), specifier))
      .filter((path) => path.startsWith('src/protocols/') && path.split('/')[2] !== protocol)
      .filter((path) => !sharedByProtocols.has(path.split('/')[2]))
      .map((path) => `${file} must not import ${path}`)
  })
  expect(wrong).toEqual([])
})

test('only the engine opens sockets', () => {
  const opens = /\b(?:net|tls|http|https|http2)\.(?:connect|createConnection|createServer)\(|\bserver\.listen\(/
  const wrong = files.filter((file) => {
    const text = readFileSync(file, 'utf8').replaceAll(/(?:http2?)\.createServer\(/g, '')
    return !file.startsWith('src/engine/') && opens.test(text)
  })
  expect(wrong).toEqual([])
})

test('the entry points only name what others export', () => {
  for (const entry of ['src/index.ts', 'src/protocol.ts']) {
    const lines = readFileSync(entry, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
    expect(
      lines.every((line) => /^(?:export |  [A-Za-z]|\} from )/.test(line)),
      entry,
    ).toBe(true)
  }
})
