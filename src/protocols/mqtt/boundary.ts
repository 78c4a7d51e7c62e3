import type { BoundaryInput, ServiceBoundaryOptions } from '../../core/boundary.ts'

/** An MQTT broker that the team owns. */
export interface MqttBoundaryOptions extends ServiceBoundaryOptions {}

/** The options of an MQTT broker as the config holds them. */
export interface MqttBoundaryInput extends MqttBoundaryOptions, BoundaryInput {
  readonly protocol: 'mqtt'
}

/** Declares an MQTT broker in `defineConfig`. */
export function mqtt(options: MqttBoundaryOptions = {}): MqttBoundaryInput {
  return { ...options, protocol: 'mqtt' }
}
