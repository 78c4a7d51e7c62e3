import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeContracts } from '../../src/run/matrix/contract/write-contracts.ts'
import { project } from '../support/project.ts'
import { field, proved } from './proved.ts'

const operation = proved({ id: 1 }, [field('/id', ['integer'], { absent: 'needed' })])

test('each boundary has a Pact and a schema of its own, named after it, and the consumer after its package', () => {
  const { directory } = project({ files: { 'package.json': '{ "name": "shop" }' } })
  const folder = join(directory, 'deep/contracts')
  const kept = writeContracts(directory, folder, [
    operation,
    { ...operation, boundary: 'mail & more', operation: 'GET /mail' },
    { ...operation, operation: 'GET /other' },
  ])
  expect(readdirSync(folder).toSorted()).toEqual([
    'mail---more.pact.json',
    'mail---more.schema.json',
    'things.pact.json',
    'things.schema.json',
  ])
  const [pact, schema] = kept.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)
  expect(pact).toMatchObject({
    consumer: { name: 'shop' },
    provider: { name: 'things' },
    interactions: [{ description: 'GET /thing answers 200' }, { description: 'GET /other answers 200' }],
  })
  expect(Object.keys(schema!['$defs'] as object)).toEqual(['GET /thing 200', 'GET /other 200'])
})

test('a contract of which nothing was proved again stays as it is', () => {
  const { directory } = project()
  const [file] = writeContracts(directory, directory, [operation])
  const before = readFileSync(file!, 'utf8')
  writeContracts(directory, directory, [{ ...operation, boundary: 'other' }])
  expect(readFileSync(file!, 'utf8')).toBe(before)
})
