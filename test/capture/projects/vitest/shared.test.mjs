import { describe, expect, it } from 'vitest'
import { ask } from './ask.mjs'

const cases = Object.keys(ask).flatMap((client) => [1, 2, 3].map((at) => [client, at]))

describe.concurrent('at the same time', () => {
  it.each(cases)('by %s, test %i', async (client, at) => {
    const tag = `${client}-${at}`
    for (let turn = 0; turn < 3; turn++) expect(await ask[client]('/same', tag)).toBe(`answer for ${tag}`)
    if (process.env.MISBEHAVE?.split(' ').includes(tag)) await ask[client]('/unexpected', tag).catch(() => {})
  })
})
