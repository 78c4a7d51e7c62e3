import type { JsonObject } from '../../core/json.ts'
import { encodeMethod } from './encode.ts'

/** How the broker is told what the client said of one message. */
export function settlement(channel: number, name: string, fields: JsonObject, tag: number, requeue: boolean): Buffer {
  if (requeue) return encodeMethod(channel, 'basic.nack', { deliveryTag: tag, requeue: true })
  return encodeMethod(channel, name, { ...fields, deliveryTag: tag, multiple: false })
}
