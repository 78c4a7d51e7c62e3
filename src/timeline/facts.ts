import type { Exchange } from '../core/exchange.ts'
import { amqpFacts } from './facts/amqp.ts'
import { httpFacts, webhookFacts } from './facts/http.ts'
import { mqttFacts } from './facts/mqtt.ts'
import { mysqlFacts } from './facts/mysql.ts'
import { natsFacts } from './facts/nats.ts'
import { postgresFacts } from './facts/postgres.ts'
import { redisFacts } from './facts/redis.ts'
import type { Facts } from './moment.ts'

const readers: Readonly<Record<string, unknown>> = {
  amqp: amqpFacts,
  http: httpFacts,
  mqtt: mqttFacts,
  mysql: mysqlFacts,
  nats: natsFacts,
  postgres: postgresFacts,
  redis: redisFacts,
  webhook: webhookFacts,
}

/** What an exchange was; nothing for a protocol without a reader. */
export function factsOf(exchange: Exchange): Facts {
  const { protocol } = exchange
  const read = Object.hasOwn(readers, protocol) ? readers[protocol] : undefined
  return read === undefined ? {} : (read as (exchange: Exchange) => Facts)(exchange)
}
