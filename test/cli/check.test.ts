import { describe, expect, it } from 'vitest'
import { type Project, project } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'

const asks = `
for (const path of process.argv.slice(2)) await (await fetch(process.env.SHOP + path)).text()
`

async function shop(after: (close: () => Promise<void> | void) => void): Promise<Project> {
  const service = await upstream((request, response) => request.resume().on('end', () => response.end('{}')), { after })
  return project({
    after,
    config: `import { http } from 'mortar'
    export default { boundaries: { shop: http({ origin: '${service.origin}', env: 'SHOP' }) } }`,
    files: { 'app.mjs': asks },
  })
}

describe.concurrent('mortar check', () => {
  it('tells of a miss its cause, what differs, and one fix, all of it to the end', async ({
    onTestFinished: after,
  }) => {
    const made = await shop(after)
    const path = '/v1/warehouses/north/products?colour=blue&size=large&sort=price&page='
    await made.mortar(['run', '--', 'node', 'app.mjs', `${path}1`])
    const { code, stdout } = await made.mortar(['check', '--', 'node', 'app.mjs', `${path}2`])
    expect(code).toBe(1)
    const finding = /^✗ shop: no recording answers[^]*?(?=^[✗!] |^Report)/m.exec(stdout)?.[0] ?? ''
    const words = finding.replace(/\s+/g, ' ')
    expect(words).toContain('differs in query.page from the closest recording.')
    expect(finding).toMatch(/query\.page +2 +1$/m)
    expect(words).toContain("or, if that should not matter, add `match: { ignore: ['query.page'] }` to boundary shop")
    expect(finding.match(/→/g)).toHaveLength(1)
    expect(finding.match(/MORTAR_RECORD=new/g)).toHaveLength(1)
    expect(finding).not.toContain('Fix:')
    expect(finding.split('\n').filter((line) => line.endsWith('…') && !/GET|Closest/.test(line))).toEqual([])
  })

  it('says what the numbers of its table count', async ({ onTestFinished: after }) => {
    const made = await shop(after)
    await made.mortar(['run', '--', 'node', 'app.mjs', '/a', '/b'])
    const { stdout } = await made.mortar(['check', '--', 'node', 'app.mjs', '/a'])
    expect(stdout).toMatch(/^shop .* 1 of 2 /m)
    expect(stdout).toContain('Operations: how many of the recorded ones this run exercised')
  })
})
