import type { WireProtocol } from '../core/wire.ts'
import type { AmqpQuestion, AmqpReply } from './amqp/message.ts'
import type { MqttQuestion, MqttReply } from './mqtt/message.ts'
import type { MysqlQuestion, MysqlReply } from './mysql/message.ts'
import type { NatsQuestion, NatsReply } from './nats/message.ts'
import type { PostgresQuestion, PostgresReply } from './postgres/message.ts'
import type { RedisQuestion, RedisReply } from './redis/message.ts'

/** The wires of servers that teams own, by the name that is written to cassettes; each is loaded when first used. */
export const wires: {
  readonly postgres: () => Promise<WireProtocol<PostgresQuestion, PostgresReply>>
  readonly mysql: () => Promise<WireProtocol<MysqlQuestion, MysqlReply>>
  readonly redis: () => Promise<WireProtocol<RedisQuestion, RedisReply>>
  readonly amqp: () => Promise<WireProtocol<AmqpQuestion, AmqpReply>>
  readonly nats: () => Promise<WireProtocol<NatsQuestion, NatsReply>>
  readonly mqtt: () => Promise<WireProtocol<MqttQuestion, MqttReply>>
} = {
  postgres: async () => (await import('./postgres/postgres-wire.ts')).postgresWire(),
  mysql: async () => (await import('./mysql/mysql-wire.ts')).mysqlWire(),
  redis: async () => (await import('./redis/redis-wire.ts')).redisWire(),
  amqp: async () => (await import('./amqp/amqp-wire.ts')).amqpWire(),
  nats: async () => (await import('./nats/nats-wire.ts')).natsWire(),
  mqtt: async () => (await import('./mqtt/mqtt-wire.ts')).mqttWire(),
}

/** Name of a wire. */
export type WireName = keyof typeof wires
