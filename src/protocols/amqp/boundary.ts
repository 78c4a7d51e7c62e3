import type { BoundaryInput, ServiceBoundaryOptions } from '../../core/boundary.ts'

/** A RabbitMQ broker that the team owns. */
export interface RabbitmqBoundaryOptions extends ServiceBoundaryOptions {}

/** The options of a RabbitMQ broker as the config holds them. */
export interface RabbitmqBoundaryInput extends RabbitmqBoundaryOptions, BoundaryInput {
  readonly protocol: 'amqp'
}

/** Declares a RabbitMQ broker in `defineConfig`. */
export function rabbitmq(options: RabbitmqBoundaryOptions = {}): RabbitmqBoundaryInput {
  return { ...options, protocol: 'amqp' }
}
