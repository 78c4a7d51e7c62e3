export {
  type BoundaryInput,
  type BoundaryOptions,
  type RecordMode,
  type Risk,
  type ServiceBoundaryOptions,
} from './core/boundary.ts'
export { eventually, type WaitOptions } from './core/eventually.ts'
export type { ErrorCode } from './core/error-codes.ts'
export { MortarError } from './core/errors.ts'
export { type Exchange, type TestRef } from './core/exchange.ts'
export { rabbitmq, type RabbitmqBoundaryInput, type RabbitmqBoundaryOptions } from './protocols/amqp/boundary.ts'
export { http, type HttpBoundaryInput, type HttpBoundaryOptions, type HttpMatch } from './protocols/http/boundary.ts'
export { webhook, type WebhookBoundaryInput, type WebhookBoundaryOptions } from './protocols/http/webhook/boundary.ts'
export { type HeaderList, type HttpQuestion, type HttpReply } from './protocols/http/message.ts'
export { mqtt, type MqttBoundaryInput, type MqttBoundaryOptions } from './protocols/mqtt/boundary.ts'
export { mysql, type MysqlBoundaryInput, type MysqlBoundaryOptions } from './protocols/mysql/boundary.ts'
export { nats, type NatsBoundaryInput, type NatsBoundaryOptions } from './protocols/nats/boundary.ts'
export { postgres, type PostgresBoundaryInput, type PostgresBoundaryOptions } from './protocols/postgres/boundary.ts'
export type { Seed, SeedFunction, SeedRow, SeedTools } from './protocols/sql/test-database.ts'
export { redis, type RedisBoundaryInput, type RedisBoundaryOptions } from './protocols/redis/boundary.ts'
export { tcp, type TcpBoundaryInput, type TcpBoundaryOptions } from './protocols/tcp/boundary.ts'
export { type Config, defineConfig } from './run/config-types.ts'
export type { FindingRules, IgnoreRule } from './timeline/finding-rules.ts'
