import type { BoundaryInput, RecordMode } from '../core/boundary.ts'
import { startableProtocols } from './config-shape.ts'
import type { LoadedConfig } from './loaded-config.ts'

/** Whether a boundary is a server that we own, real in tests unless its config says otherwise. */
export function isOwned({ protocol }: BoundaryInput): boolean {
  return startableProtocols.has(protocol)
}

/**
 * The mode in which a boundary is met. A server that we own is `live`, or replayed with `none`; then it is recorded
 * when everything is recorded anew.
 *
 * @param ofTest - What the test itself has said.
 */
export function recordModeOf(
  config: Pick<LoadedConfig, 'record' | 'recordFromEnvironment'>,
  input: BoundaryInput,
  ofTest?: RecordMode,
): RecordMode {
  // What the program answers is what is to be seen.
  if (input.protocol === 'webhook') return 'live'
  if (isOwned(input)) {
    if (input.record !== 'none') return input.record ?? 'live'
    return config.recordFromEnvironment && config.record === 'all' ? 'all' : 'none'
  }
  return ofTest ?? (config.recordFromEnvironment ? config.record : (input.record ?? config.record))
}
