import { describe, expect, it } from 'vitest'
import { project } from '../support/project.ts'

// Loaded before all else, it makes this node look like an old one that also lacks what Mortar cannot load without.
const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })
  delete process.getBuiltinModule`

const said = 'MORTAR_NODE_TOO_OLD  Mortar needs Node 22.18 or newer; this is 20.20.2'
const fix = 'npm i -D node@24'

function onOldNode(): ReturnType<typeof project> {
  return project({
    config: `throw new Error('the config must not be loaded')`,
    installed: true,
    packages: ['vitest'],
    files: {
      'old.mjs': old,
      'program.mjs': `console.log('ran all the same')`,
      'shop.test.mjs': `import { test } from 'mortar/node-test'\ntest('asks', () => {})`,
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'\nexport default { plugins: [mortar()] }`,
    },
  })
}

describe('on a node that is too old', () => {
  it.each([['check'], ['init'], ['run', '--', 'true'], ['nonsense']])(
    'mortar %s says which is needed',
    async (...args) => {
      const made = onOldNode()
      const main = 'node_modules/mortar/dist/cli/main.js'
      const { code, stdout, stderr } = await made.node(['--import', './old.mjs', main, ...args])
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
      expect(stderr.split('\n')[0]).toBe(said)
      expect(stderr).toContain(fix)
      const json = await made.node(['--import', './old.mjs', main, ...args.slice(0, 1), '--json'])
      expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'MORTAR_NODE_TOO_OLD' } })
    },
  )

  it.each([
    ['mortar/register', ['--import', './old.mjs', '--import', 'mortar/register', 'program.mjs']],
    ['mortar/node-test', ['--import', './old.mjs', 'shop.test.mjs']],
    ['mortar/vitest', ['--import', './old.mjs', 'vitest.config.mjs']],
  ])('%s says so in place of what it cannot load', async (_name, args) => {
    const { code, stdout, stderr } = await onOldNode().node(args)
    expect(code).not.toBe(0)
    expect(stderr).toContain(said)
    expect(stderr).toContain(fix)
    expect(stdout).not.toContain('ran all the same')
  })
})
