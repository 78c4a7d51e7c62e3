/** First byte of a frame. */
export const frameTypes = { method: 1, header: 2, body: 3, heartbeat: 8 } as const

/** Last byte of every frame. */
export const frameEnd = 0xce

/** What a client says first: protocol and version. */
export const protocolHeader: Buffer = Buffer.from('AMQP\0\0\u0009\u0001', 'latin1')

/** How an argument is written. Bits that follow one another share a byte. */
export type ArgumentType = 'octet' | 'short' | 'long' | 'longlong' | 'shortstr' | 'longstr' | 'table' | 'bit'

/** One method of a class. */
export interface MethodSpec {
  /** `queue.declare` */
  readonly name: string
  readonly classId: number
  readonly methodId: number
  readonly args: readonly (readonly [name: string, type: ArgumentType])[]
}

// Class, method, name, then its arguments. `reserved` ones are written as zero and not shown.
const listing = `
10 10 connection.start versionMajor:octet versionMinor:octet serverProperties:table mechanisms:longstr locales:longstr
10 11 connection.start-ok clientProperties:table mechanism:shortstr response:longstr locale:shortstr
10 20 connection.secure challenge:longstr
10 21 connection.secure-ok response:longstr
10 30 connection.tune channelMax:short frameMax:long heartbeat:short
10 31 connection.tune-ok channelMax:short frameMax:long heartbeat:short
10 40 connection.open vhost:shortstr reserved:shortstr reserved:bit
10 41 connection.open-ok reserved:shortstr
10 50 connection.close code:short text:shortstr classId:short methodId:short
10 51 connection.close-ok
10 60 connection.blocked reason:shortstr
10 61 connection.unblocked
10 70 connection.update-secret secret:longstr reason:shortstr
10 71 connection.update-secret-ok
20 10 channel.open reserved:shortstr
20 11 channel.open-ok reserved:longstr
20 20 channel.flow active:bit
20 21 channel.flow-ok active:bit
20 40 channel.close code:short text:shortstr classId:short methodId:short
20 41 channel.close-ok
40 10 exchange.declare reserved:short exchange:shortstr type:shortstr passive:bit durable:bit autoDelete:bit internal:bit nowait:bit arguments:table
40 11 exchange.declare-ok
40 20 exchange.delete reserved:short exchange:shortstr ifUnused:bit nowait:bit
40 21 exchange.delete-ok
40 30 exchange.bind reserved:short destination:shortstr source:shortstr routingKey:shortstr nowait:bit arguments:table
40 31 exchange.bind-ok
40 40 exchange.unbind reserved:short destination:shortstr source:shortstr routingKey:shortstr nowait:bit arguments:table
40 51 exchange.unbind-ok
50 10 queue.declare reserved:short queue:shortstr passive:bit durable:bit exclusive:bit autoDelete:bit nowait:bit arguments:table
50 11 queue.declare-ok queue:shortstr messageCount:long consumerCount:long
50 20 queue.bind reserved:short queue:shortstr exchange:shortstr routingKey:shortstr nowait:bit arguments:table
50 21 queue.bind-ok
50 30 queue.purge reserved:short queue:shortstr nowait:bit
50 31 queue.purge-ok messageCount:long
50 40 queue.delete reserved:short queue:shortstr ifUnused:bit ifEmpty:bit nowait:bit
50 41 queue.delete-ok messageCount:long
50 50 queue.unbind reserved:short queue:shortstr exchange:shortstr routingKey:shortstr arguments:table
50 51 queue.unbind-ok
60 10 basic.qos prefetchSize:long prefetchCount:short global:bit
60 11 basic.qos-ok
60 20 basic.consume reserved:short queue:shortstr consumerTag:shortstr noLocal:bit noAck:bit exclusive:bit nowait:bit arguments:table
60 21 basic.consume-ok consumerTag:shortstr
60 30 basic.cancel consumerTag:shortstr nowait:bit
60 31 basic.cancel-ok consumerTag:shortstr
60 40 basic.publish reserved:short exchange:shortstr routingKey:shortstr mandatory:bit immediate:bit
60 50 basic.return code:short text:shortstr exchange:shortstr routingKey:shortstr
60 60 basic.deliver consumerTag:shortstr deliveryTag:longlong redelivered:bit exchange:shortstr routingKey:shortstr
60 70 basic.get reserved:short queue:shortstr noAck:bit
60 71 basic.get-ok deliveryTag:longlong redelivered:bit exchange:shortstr routingKey:shortstr messageCount:long
60 72 basic.get-empty reserved:shortstr
60 80 basic.ack deliveryTag:longlong multiple:bit
60 90 basic.reject deliveryTag:longlong requeue:bit
60 100 basic.recover-async requeue:bit
60 110 basic.recover requeue:bit
60 111 basic.recover-ok
60 120 basic.nack deliveryTag:longlong multiple:bit requeue:bit
85 10 confirm.select nowait:bit
85 11 confirm.select-ok
90 10 tx.select
90 11 tx.select-ok
90 20 tx.commit
90 21 tx.commit-ok
90 30 tx.rollback
90 31 tx.rollback-ok`

const specs: readonly MethodSpec[] = listing
  .trim()
  .split('\n')
  .map((line) => {
    const [classId, methodId, name = '', ...args] = line.split(' ')
    return {
      name,
      classId: Number(classId),
      methodId: Number(methodId),
      args: args.map((arg) => arg.split(':') as [string, ArgumentType]),
    }
  })

/** Methods by class times 65 536 plus method. */
export const methodsById: ReadonlyMap<number, MethodSpec> = new Map(
  specs.map((spec) => [spec.classId * 65_536 + spec.methodId, spec]),
)

/** Methods by name: `basic.publish`. */
export const methodsByName: ReadonlyMap<string, MethodSpec> = new Map(specs.map((spec) => [spec.name, spec]))

/** Methods that a content header and a body follow. */
export const contentMethods: ReadonlySet<string> = new Set([
  'basic.publish',
  'basic.return',
  'basic.deliver',
  'basic.get-ok',
])

/** Properties of a content, from bit 15 of its flags down. */
export const propertySpecs: readonly (readonly [name: string, type: 'shortstr' | 'table' | 'octet' | 'longlong'])[] = [
  ['contentType', 'shortstr'],
  ['contentEncoding', 'shortstr'],
  ['headers', 'table'],
  ['deliveryMode', 'octet'],
  ['priority', 'octet'],
  ['correlationId', 'shortstr'],
  ['replyTo', 'shortstr'],
  ['expiration', 'shortstr'],
  ['messageId', 'shortstr'],
  ['timestamp', 'longlong'],
  ['type', 'shortstr'],
  ['userId', 'shortstr'],
  ['appId', 'shortstr'],
  ['clusterId', 'shortstr'],
]
