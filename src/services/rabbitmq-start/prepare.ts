import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { MortarError } from '../../core/errors.ts'
import type { LaunchPlace } from '../driver.ts'
import { pooledVhost, vhostPoolSize } from '../vhost-pool.ts'
import { erlangModules, writeBootScript } from './boot-script.ts'
import { accountOf } from './definitions.ts'
import { bootScript, serverCommands } from './server-commands.ts'

/** What the boot script and the data depend on. */
export function preparationKey(place: LaunchPlace): unknown {
  const { settings } = place.request
  return [writeBootScript, erlangModules(place)?.folders, settings, accountOf(place.request), vhostPoolSize]
}

/**
 * Writes a boot script, and starts RabbitMQ with it once to its end: to see that this works with this version, and for
 * its data, with the account and the virtual hosts. What does not work is left out, and a start is as usual then.
 */
export async function prepareRabbitmq(place: LaunchPlace): Promise<void> {
  const { data } = place
  mkdirSync(data, { mode: 0o700 })
  const modules = erlangModules(place)
  if (!modules) return
  const script = `${bootScript}.boot`
  let useful: readonly string[] = []
  try {
    const given = [modules.applications, join(data, script)]
    await place.run(modules.erl, ['-noshell', '-eval', writeBootScript, '-extra', ...given])
    await startToTheEnd(place)
    // What settings say of definitions is read at each start.
    useful = Object.keys(place.request.settings).length === 0 ? readdirSync(data) : [script]
  } catch (error) {
    if (MortarError.is(error, 'MORTAR_DISK_FULL')) throw error
  }
  for (const name of readdirSync(data))
    if (!useful.includes(name)) rmSync(join(data, name), { recursive: true, force: true })
}

async function startToTheEnd(place: LaunchPlace): Promise<void> {
  const [server] = await serverCommands(place, await place.claimPort())
  const { program, args, env } = server!
  const own = 'load_definitions' in place.request.settings
  const isThere = own ? 'true' : `rabbit_vhost:exists(<<"${pooledVhost(vhostPoolSize)}">>)`
  await place.run(program, [...args, '-eval', `true = ${isThere}, init:stop().`], { env })
}
