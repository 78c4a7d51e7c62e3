import { createHash } from 'node:crypto'
import { cancelRequest } from './cancel-request.ts'
import type { PostgresAddress } from './postgres-address.ts'
import { onceMade, type Template } from './once-made.ts'
import { fillVolume, type Volume } from './volume/fill-volume.ts'

/** What is done around the making of it. */
export interface LargeTemplateOptions {
  /** Called before it is made, if it has to be. */
  readonly onMaking?: () => void
  /** Stops the making; what was begun is dropped. */
  readonly signal?: AbortSignal
}

/**
 * The template with as many rows as production has, made of the one for tests, once.
 *
 * @param template - Name of the template for tests.
 * @throws MortarError `MORTAR_VOLUME_REFUSED`, `MORTAR_POSTGRES_FAILED`
 */
export function ensureLargeTemplate(
  server: PostgresAddress,
  template: string,
  volume: Volume,
  { onMaking, signal }: LargeTemplateOptions = {},
): Promise<Template> {
  const hash = createHash('sha256').update(JSON.stringify(volume)).digest('hex').slice(0, 12)
  return onceMade(server, {
    name: `${template}_${hash}_large`,
    source: template,
    async fill(session) {
      onMaking?.()
      const cancel = (): void =>
        void cancelRequest(server, session.key, new AbortController().signal).catch(() => session.connection.destroy())
      signal?.addEventListener('abort', cancel)
      try {
        await fillVolume(session, volume, signal)
      } finally {
        signal?.removeEventListener('abort', cancel)
      }
    },
  })
}
