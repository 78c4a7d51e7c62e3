import type { BoundaryInput, ServiceBoundaryOptions } from '../../core/boundary.ts'
import type { ProcessIsolation } from '../../core/process-isolation.ts'

/** An MQTT broker that the team owns. */
export interface MqttBoundaryOptions extends ServiceBoundaryOptions {
  /** What keeps tests apart at a server that was started for them (default `process`). */
  readonly isolation?: ProcessIsolation
}

/** The options of an MQTT broker as the config holds them. */
export interface MqttBoundaryInput extends MqttBoundaryOptions, BoundaryInput {
  readonly protocol: 'mqtt'
}

/** Declares an MQTT broker in `defineConfig`. */
export function mqtt(options: MqttBoundaryOptions = {}): MqttBoundaryInput {
  return { ...options, protocol: 'mqtt' }
}
