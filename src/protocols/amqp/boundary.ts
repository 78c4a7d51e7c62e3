import type { BoundaryInput, ServiceBoundaryOptions } from '../../core/boundary.ts'
import type { VhostIsolation } from '../../core/vhost-isolation.ts'

/** A RabbitMQ broker that the team owns. */
export interface RabbitmqBoundaryOptions extends ServiceBoundaryOptions {
  /** What keeps tests apart (default `vhost`). */
  readonly isolation?: VhostIsolation
  /** How long a test that has ended may take to settle its messages, milliseconds (default 200). */
  readonly graceMs?: number
}

/** The options of a RabbitMQ broker as the config holds them. */
export interface RabbitmqBoundaryInput extends RabbitmqBoundaryOptions, BoundaryInput {
  readonly protocol: 'amqp'
}

/** Declares a RabbitMQ broker in `defineConfig`. */
export function rabbitmq(options: RabbitmqBoundaryOptions = {}): RabbitmqBoundaryInput {
  return { ...options, protocol: 'amqp' }
}
