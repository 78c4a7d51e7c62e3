import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { protocolNames, toxicTypes } from '../../../src/run/fault-proxy/toxic-types.ts'

const page = readFileSync('docs/fault-proxy.md', 'utf8')
const rows = [...page.matchAll(/^\| (`[a-z_]+`(?:, `[a-z_]+`)*) \|(.+)\|$/gm)].map(([, names = '', rest = '']) => ({
  names: [...names.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name!),
  rest,
}))

it('the page lists exactly the toxics, each with its attributes and protocols', () => {
  expect(rows.flatMap(({ names }) => names).sort()).toEqual(Object.keys(toxicTypes).sort())
  for (const { names, rest } of rows) {
    for (const name of names) {
      const type = toxicTypes[name]!
      for (const attribute of Object.keys(type.attributes)) {
        if (attribute !== 'match') expect(rest, name).toContain(`\`${attribute}\``)
      }
      if ('protocols' in type && type.protocols)
        expect(rest.split('|')[0]!.trim(), name).toBe(type.protocols.join(', '))
    }
  }
})

it('the page names every protocol', () => {
  for (const name of protocolNames) expect(page).toContain(`\`${name}\``)
})
