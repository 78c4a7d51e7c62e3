import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { openServices } from '../../../src/services/open-services.ts'
import { serviceProtocols } from '../../../src/services/service-request.ts'
import { expectNothingLeft, hold, isInstalled, isListening, machine, request } from './support.ts'

const forEach = serviceProtocols.filter((protocol) => isInstalled(protocol))

describe.each(forEach)('%s', (protocol) => {
  it('is gone with everything it had when its only user was killed', { timeout: 90_000 }, async () => {
    const here = machine()
    const holder = hold(here, [request(protocol)])
    const { variables } = await holder.opened
    expect(here.traces()).toMatchObject({ keepers: [expect.any(Number)], folders: [expect.any(String)] })
    holder.kill('SIGKILL')
    await expectNothingLeft(here)
    expect(await isListening(addressIn(variables))).toBe(false)
  })
})

const quick = (['redis', 'postgres'] as const).filter((protocol) => isInstalled(protocol))
const onLinux = process.platform === 'linux'

describe.each(quick)('%s', (protocol) => {
  it.skipIf(!onLinux)('dies with its keeper, and the next start sweeps what was left', async () => {
    const here = machine()
    const holder = hold(here, [request(protocol)])
    const { variables } = await holder.opened
    const { keepers, folders } = here.traces()
    process.kill(keepers[0]!, 'SIGKILL')
    await expect.poll(() => isListening(addressIn(variables)), { timeout: 10_000 }).toBe(false)
    holder.kill('SIGKILL')
    await holder.ended

    const { close } = await openServices([request(protocol)], here)
    expect(here.traces().folders).not.toContain(folders[0])
    await close()
    await expectNothingLeft(here)
  })

  it('leaves nothing running when its user is killed at any moment of a start', async () => {
    const here = machine()
    for (const afterMs of [0, 30, 60, 90, 120, 150, 200, 300]) {
      const holder = hold(here, [request(protocol)])
      holder.opened.catch(() => {})
      await untilFirstTrace(here)
      await delay(afterMs)
      here.traces()
      holder.kill('SIGKILL')
      await holder.ended
    }
    // A user that is killed before its keeper runs may leave the folder of its lease behind, with nobody in it.
    const running = (): string[] => here.leftovers().filter((left) => !left.startsWith('/'))
    await expect.poll(running, { timeout: 10_000, interval: 20 }).toEqual([])
  })
})

it.skipIf(!isInstalled('redis'))('20 starts and kills leave nothing', { timeout: 60_000 }, async () => {
  const here = machine()
  for (let cycle = 0; cycle < 20; cycle++) {
    const holder = hold(here, [request('redis')])
    await holder.opened
    here.traces()
    holder.kill('SIGKILL')
    await holder.ended
  }
  await expectNothingLeft(here)
})

function addressIn(variables: Readonly<Record<string, string>>): { host: string; port: number } {
  const url = new URL(Object.values(variables)[0]!)
  return { host: url.hostname, port: Number(url.port) }
}

async function untilFirstTrace(here: ReturnType<typeof machine>): Promise<void> {
  await expect.poll(() => here.traces().keepers.length, { interval: 5 }).toBeGreaterThan(0)
}
