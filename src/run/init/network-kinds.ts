import { wordTable } from '../../core/word-table.ts'

/** Protocols by the schemes of their addresses. */
const bySchemes: Readonly<Record<string, string>> = wordTable({
  postgres: 'postgres',
  postgresql: 'postgres',
  mysql: 'mysql',
  mysql2: 'mysql',
  mariadb: 'mysql',
  sqlserver: 'sqlserver',
  mssql: 'sqlserver',
  mongodb: 'mongodb',
  'mongodb+srv': 'mongodb',
  redis: 'redis',
  rediss: 'redis',
  valkey: 'redis',
  amqp: 'amqp',
  amqps: 'amqp',
  nats: 'nats',
  kafka: 'kafka',
  mqtt: 'mqtt',
  mqtts: 'mqtt',
  smtp: 'smtp',
  smtps: 'smtp',
  ldap: 'ldap',
  ldaps: 'ldap',
  ftp: 'ftp',
  sftp: 'sftp',
  grpc: 'grpc',
  grpcs: 'grpc',
})

const byImages: readonly (readonly [pattern: RegExp, protocol: string, port: number])[] = [
  [/postgres|postgis|timescale|pgvector/, 'postgres', 5432],
  [/mysql|mariadb|percona/, 'mysql', 3306],
  [/mssql/, 'sqlserver', 1433],
  [/mongo/, 'mongodb', 27_017],
  [/redis|valkey|dragonfly|keydb/, 'redis', 6379],
  [/memcached/, 'memcached', 11_211],
  [/rabbitmq|activemq/, 'amqp', 5672],
  [/(?:^|\/)nats/, 'nats', 4222],
  [/kafka|redpanda/, 'kafka', 9092],
  [/mosquitto|emqx|hivemq/, 'mqtt', 1883],
  [/mailhog|mailpit|mailcatcher/, 'smtp', 1025],
  [/cassandra|scylla/, 'cassandra', 9042],
  [/elasticsearch|opensearch/, 'http', 9200],
  [/minio/, 'http', 9000],
  [/localstack/, 'http', 4566],
  [/meilisearch/, 'http', 7700],
  [/typesense/, 'http', 8108],
  [/keycloak/, 'http', 8080],
  [/(?:^|\/)vault/, 'http', 8200],
  [/consul/, 'http', 8500],
  [/clickhouse/, 'http', 8123],
  [/influxdb/, 'http', 8086],
  [/wiremock|mockserver|prism|httpbin/, 'http', 8080],
  [/stripe-mock/, 'http', 12_111],
  [/dynamodb/, 'http', 8000],
]

/** The protocol that a scheme without colon stands for; `undefined` for http, tcp and unknown ones. */
export function protocolOfScheme(scheme: string): string | undefined {
  return bySchemes[scheme.replace(/^jdbc:/, '').replace(/\+(?!srv).*$/, '')]
}

/** What a container image speaks and on which port; `http` images can be attached. */
export function imageKind(image: string): { readonly protocol: string; readonly port: number } | undefined {
  const name = image
    .toLowerCase()
    .replace(/@.*$/, '')
    .replace(/:[^/]*$/, '')
  const found = byImages.find(([pattern]) => pattern.test(name))
  return found && { protocol: found[1], port: found[2] }
}

/** The npm packages of databases and brokers, and what they speak. */
export const driverPackages: Readonly<Record<string, string>> = {
  pg: 'postgres',
  postgres: 'postgres',
  mysql: 'mysql',
  mysql2: 'mysql',
  mariadb: 'mysql',
  mongodb: 'mongodb',
  mongoose: 'mongodb',
  redis: 'redis',
  ioredis: 'redis',
  bullmq: 'redis',
  amqplib: 'amqp',
  nats: 'nats',
  '@nats-io/transport-node': 'nats',
  kafkajs: 'kafka',
  mqtt: 'mqtt',
  nodemailer: 'smtp',
  mssql: 'sqlserver',
  '@grpc/grpc-js': 'grpc',
}
