import { createHash } from 'node:crypto'
import type { PostgresAddress } from './postgres-address.ts'
import { onceMade, type Template } from './once-made.ts'
import { fillVolume, type Volume } from './volume/fill-volume.ts'

/**
 * The template with as many rows as production has, made of the one for tests, once.
 *
 * @param template - Name of the template for tests.
 * @throws MortarError `MORTAR_VOLUME_REFUSED`, `MORTAR_POSTGRES_FAILED`
 */
export function ensureLargeTemplate(server: PostgresAddress, template: string, volume: Volume): Promise<Template> {
  const hash = createHash('sha256').update(JSON.stringify(volume)).digest('hex').slice(0, 12)
  return onceMade(server, {
    name: `${template}_${hash}_large`,
    source: template,
    fill: (session) => fillVolume(session, volume),
  })
}
