import { expect, it } from 'vitest'
import { openServices } from '../../../src/services/open-services.ts'
import { drivers } from '../../../src/services/drivers.ts'
import { greet } from '../../../src/services/handshake/greet.ts'
import { closing, expectNothingLeft, hold, isInstalled, isListening, machine, request } from './support.ts'

const redis = request('redis')
const patient = { timeout: 20_000 }

it.skipIf(!isInstalled('redis'))('parallel processes of a project share one server', async () => {
  const here = machine()
  const holders = Array.from({ length: 6 }, () => hold(here, [redis]))
  const opened = await Promise.all(holders.map((holder) => holder.opened))
  expect(new Set(opened.map(({ variables }) => variables['REDIS_URL'])).size).toBe(1)
  expect(opened.filter(({ shared }) => !shared[0]).length).toBe(1)

  const address = { host: '127.0.0.1', port: Number(new URL(opened[0]!.variables['REDIS_URL']!).port) }
  const [last, ...others] = holders
  for (const [index, holder] of others.entries()) {
    if (index % 2 === 0) holder.kill('SIGKILL')
    else await holder.close()
  }
  await Promise.all(others.map((holder) => holder.ended))
  expect(await greet(drivers.redis.handshake(redis), { ...address, timeoutMs: 5000 })).toHaveProperty('version')
  await last!.close()
  await expectNothingLeft(here)
  expect(await isListening(address)).toBe(false)
})

it.skipIf(!isInstalled('redis'))('the one who started it may go first', async () => {
  const here = machine()
  const first = hold(here, [redis])
  const { variables } = await first.opened
  const second = closing(await openServices([redis], here))
  expect(second.services[0]).toMatchObject({ shared: true, url: variables['REDIS_URL'] })
  await first.close()
  expect(await isListening(second.services[0]!)).toBe(true)
  await second.close()
  expect(here.leftovers()).toEqual([])
})

it.skipIf(!isInstalled('redis'))('other projects, and other wishes, get a server of their own', async () => {
  const here = machine()
  const opened = await Promise.all([
    openServices([redis], here),
    openServices([redis], { ...here, project: `${here.project}/other` }),
    openServices([request('redis', { settings: { maxmemory: '50mb' } })], here),
  ])
  expect(new Set(opened.map(({ services }) => services[0]!.port)).size).toBe(3)
  await Promise.all(opened.map(({ close }) => close()))
  expect(here.leftovers()).toEqual([])
})

it.skipIf(!isInstalled('redis'))('a server that has died is started anew for the next one', async () => {
  const here = machine()
  const first = closing(await openServices([redis], here))
  // It may answer before its keeper has noted it.
  await expect.poll(() => here.traces().servers.length, patient).toBe(1)
  const [server] = here.traces().servers
  process.kill(server!, 'SIGKILL')
  await expect.poll(() => isListening(first.services[0]!), patient).toBe(false)
  await expect
    .poll(async () => {
      const next = await openServices([redis], here)
      await next.close()
      return next.services[0]!.url !== first.services[0]!.url
    }, patient)
    .toBe(true)
})

it('all who wait for a start that fails are told why, and nothing is left', async () => {
  const here = machine()
  here.program('redis-server', 'case $1 in --version) echo v=7.0.0;; *) echo "the disk is on fire"; exit 3;; esac')
  const results = await Promise.allSettled(Array.from({ length: 4 }, () => openServices([redis], here)))
  for (const result of results) {
    expect(result).toMatchObject({
      status: 'rejected',
      reason: {
        code: 'MORTAR_SERVICE_FAILED',
        reason: 'Redis ended during its start: exit code 3',
        where: 'boundaries.redis',
        seen: 'the disk is on fire',
      },
    })
  }
  await expectNothingLeft(here)
})
