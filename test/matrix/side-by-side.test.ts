import { availableParallelism } from 'node:os'
import { expect, it } from 'vitest'
import { matrixProject, runMatrix } from './matrix-project.ts'

/** What can be had but once: who finds it taken fails. */
const lock = `import { mkdirSync, rmdirSync } from 'node:fs'
export const take = () => mkdirSync('taken')
export const give = () => rmdirSync('taken')`

const program = `export async function price() {
  const answer = await fetch(process.env.GATEWAY + '/rates')
  if (!answer.ok) throw new Error('there are no rates')
  const { currency } = await answer.json()
  return '12 ' + currency.toUpperCase()
}`

const suite = (name: string, around = ''): string => `import { expect, test } from 'vitest'
import { price } from './price.mjs'
import { give, take } from './lock.mjs'
test('${name}', async () => { ${around} expect(await price()).toBe('12 EUR') })`

const whole = 'take(); try { expect(await price()).toBe("12 EUR") } finally { give() }'

it('cells and fields are looked at side by side, also where what all tests need can be had but once', async ({
  onTestFinished: after,
}) => {
  const made = matrixProject({
    after,
    boundaries: '',
    files: {
      'lock.mjs': lock,
      'price.mjs': program,
      'price.test.mjs': suite('it has a price'),
      'once.mjs': `import { give, take } from './lock.mjs'
export function setup() { take(); return give }`,
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { globalSetup: ['./once.mjs', './gateway.mjs'] } }`,
    },
  })
  const { document, ran } = await runMatrix(made)
  // With fewer cores there are not enough workers for both.
  if (availableParallelism() >= 4) expect(ran.stderr).toMatch(/finding out which fields[^]*cells run\n/)
  expect(document.leftOut).toEqual([])
  expect(document.contracts.map(({ fields }) => fields.map(({ pointer, grade }) => `${pointer} ${grade}`))).toEqual([
    ['/currency asserted'],
  ])
})

it('nothing is run side by side where the files of tests are to be run one after another', async ({
  onTestFinished: after,
}) => {
  const made = matrixProject({
    after,
    boundaries: '',
    files: {
      'lock.mjs': lock,
      'price.mjs': program,
      'one.test.mjs': suite('one has a price', whole),
      'two.test.mjs': suite('two has a price', whole),
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { globalSetup: ['./gateway.mjs'], fileParallelism: false } }`,
    },
  })
  const { document, ran } = await runMatrix(made)
  expect(ran.stderr).toMatch(/cells run\n[^]*finding out which fields/)
  expect(document.tests).toMatchObject({ stable: 2, excluded: [] })
  expect(document.findings.map(({ sentence }) => sentence).filter((one) => one.includes('EEXIST'))).toEqual([])
})
