import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isProcessAlive } from '../../../src/files/process-alive.ts'
import { homesOf } from '../../../src/services/homes.ts'
import { writePart, writeState } from '../../../src/services/lease/lease-files.ts'
import { openServices } from '../../../src/services/open-services.ts'
import { serviceProtocols, type ServiceRequest } from '../../../src/services/service-request.ts'
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
  it.skipIf(!onLinux)(
    'dies with its keeper, and the next start sweeps what was left',
    { timeout: 60_000 },
    async () => {
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
    },
  )

  it('leaves nothing when its user is killed at any moment of a start', { timeout: 60_000 }, async () => {
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
    // A user that is killed before its keeper runs leaves a note of it to the next start.
    await openAndClose(here, request(protocol))
    await expectNothingLeft(here)
  })

  // What a keeper does is the same for all.
  it.each(protocol === 'redis' ? (['holder', 'keeper'] as const) : (['holder'] as const))(
    'leaves nothing, whichever step its %s is killed at',
    { timeout: 120_000 },
    async (who) => {
      const here = machine()
      await openAndClose(here, request(protocol))
      let step = 0
      for (let died = true; died;) {
        step += 1
        const holder = hold(here, [request(protocol)], { who, step })
        await holder.opened.then(
          () => holder.close(),
          () => holder.ended,
        )
        died = holder.died()
        // A user whose keeper was killed clears up itself. What the next start makes of a death is the same for all.
        if (who === 'holder') await openAndClose(here, ...(protocol === 'redis' ? [request(protocol)] : []))
        await expectNothingLeft(here)
      }
      expect(step).toBeGreaterThan(10)
    },
  )
})

it.skipIf(!isInstalled('redis'))(
  'the start of any service sweeps what another has left',
  { timeout: 60_000 },
  async () => {
    let here = machine()
    const isClaimedWithoutKeeper = (): boolean => {
      const { folders, keepers } = here.traces()
      return folders.length > 0 && keepers.length === 0
    }
    for (let step = 1; !isClaimedWithoutKeeper(); step++) {
      here = machine()
      const holder = hold(here, [request('redis')], { who: 'holder', step })
      await expect(holder.opened).rejects.toThrow('the holder ended')
    }
    await openAndClose(here, request('redis', { settings: { maxmemory: '50mb' } }))
    expect(here.leftovers()).toEqual([])
  },
)

it.skipIf(!onLinux)('sweeps what ran before the machine was started again, and touches no process of now', async () => {
  const here = machine()
  const innocent = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
  onTestFinished(() => void innocent.kill('SIGKILL'))
  const then = { pid: innocent.pid!, since: Date.now() - 3_600_000 }
  const lease = join(homesOf(here.env).leases, 'redis-0123456789abcdef')
  const generation = join(lease, 'g-0123456789')
  mkdirSync(join(generation, 'holders'), { recursive: true })
  writeFileSync(join(generation, 'holders', `${then.pid}-${then.since}-0`), '')
  writePart(generation, 'keeper.json', then)
  writePart(generation, 'servers.json', [{ ...then, stopSignal: 'SIGTERM' }])
  writeState(lease, { phase: 'starting', generation, starter: then })

  await (await openServices([], here)).close()
  expect(here.leftovers()).toEqual([])
  expect(isProcessAlive(innocent.pid!, Date.now())).toBe(true)
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
  await expect.poll(() => here.traces().keepers.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(0)
}

async function openAndClose(here: ReturnType<typeof machine>, ...wanted: readonly ServiceRequest[]): Promise<void> {
  const { close } = await openServices(wanted, here)
  here.traces()
  await close()
}
