import type { Json, JsonObject } from '../../core/json.ts'
import { closestWord } from '../../core/closest-word.ts'
import type { WireName } from '../../protocols/wires.ts'
import { ApiError, badBody } from './api-error.ts'
import { readAttributes, readObject, refuseUnknown, shortly } from './attributes.ts'
import type { Toxic, ToxicFields, ToxicSettings } from './toxic.ts'
import { toxicTypes, worksWith } from './toxic-types.ts'

/** What Toxiproxy's clients send, and what our own answers hold besides. */
const toxicKeys = ['name', 'type', 'stream', 'toxicity', 'attributes', 'struck']

/**
 * Reads a toxic that is to be added.
 *
 * @param protocol - What the proxy speaks.
 * @throws ApiError 400
 */
export function readToxic(body: Json, protocol: WireName | undefined): ToxicFields {
  const fields = readObject(body, 'a toxic')
  const typeName = readText(fields, 'type') ?? ''
  const stream = readText(fields, 'stream') ?? 'downstream'
  if (stream !== 'upstream' && stream !== 'downstream') {
    throw new ApiError(400, 'stream was invalid, can be either upstream or downstream')
  }
  const type = Object.hasOwn(toxicTypes, typeName) ? toxicTypes[typeName] : undefined
  refuseUnknownKeys(fields, type)
  if (!type) throw invalidType(typeName)
  if (!worksWith(type, protocol)) {
    const wanted = 'protocols' in type && type.protocols ? type.protocols.join(' or ') : 'one of those it can speak'
    throw badBody(`a toxic ${typeName} needs a proxy whose "protocol" is ${wanted}`)
  }
  return {
    name: readText(fields, 'name') || `${typeName}_${stream}`,
    typeName,
    type,
    stream,
    toxicity: readToxicity(fields, 1),
    attributes: tried(type, readAttributes(type.attributes, fields.attributes), protocol),
  }
}

/** Reads what is to be changed of a toxic; what is not given stays. @throws ApiError 400 */
export function readSettings(body: Json, toxic: Toxic, protocol: WireName | undefined): ToxicSettings {
  const fields = readObject(body, 'a toxic')
  refuseUnknownKeys(fields, toxic.type)
  return {
    toxicity: readToxicity(fields, toxic.toxicity),
    attributes: tried(toxic.type, readAttributes(toxic.type.attributes, fields.attributes, toxic.attributes), protocol),
  }
}

/** A string of an object; `undefined` where there is none. @throws ApiError 400 */
export function readText(fields: JsonObject, name: string): string | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw badBody(`${name} must be a string, and is ${shortly(value)}`)
  return value
}

function refuseUnknownKeys(fields: JsonObject, type: ToxicFields['type'] | undefined): void {
  for (const key of Object.keys(fields)) {
    if (!type || toxicKeys.includes(key) || !Object.hasOwn(type.attributes, key)) continue
    throw badBody(`unknown key of a toxic ${JSON.stringify(key)}; it belongs into "attributes"`)
  }
  refuseUnknown(Object.keys(fields), toxicKeys, 'key of a toxic')
}

function readToxicity(fields: JsonObject, before: number): number {
  const toxicity = fields.toxicity ?? before
  if (typeof toxicity === 'number' && toxicity >= 0 && toxicity <= 1) return toxicity
  throw badBody(`toxicity must be a number from 0 to 1, and is ${shortly(toxicity)}`)
}

function tried(type: ToxicFields['type'], attributes: JsonObject, protocol: WireName | undefined): JsonObject {
  if (type.kind === 'question' && protocol !== undefined) type.fault(attributes, protocol)
  return attributes
}

function invalidType(name: string): ApiError {
  const near = closestWord(name, Object.keys(toxicTypes))
  return new ApiError(400, `invalid toxic type${near === undefined ? '' : `; did you mean "${near}"?`}`)
}
