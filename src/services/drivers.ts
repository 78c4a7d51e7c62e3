import type { ServerDriver } from './driver.ts'
import { amqpDriver } from './drivers/amqp.ts'
import { mqttDriver } from './drivers/mqtt.ts'
import { mysqlDriver } from './drivers/mysql.ts'
import { natsDriver } from './drivers/nats.ts'
import { postgresDriver } from './drivers/postgres.ts'
import { redisDriver } from './drivers/redis.ts'
import type { ServiceProtocol } from './service-request.ts'

/** Every kind of server, by the protocol that it speaks. */
export const drivers: Readonly<Record<ServiceProtocol, ServerDriver>> = {
  postgres: postgresDriver,
  mysql: mysqlDriver,
  redis: redisDriver,
  amqp: amqpDriver,
  nats: natsDriver,
  mqtt: mqttDriver,
}
