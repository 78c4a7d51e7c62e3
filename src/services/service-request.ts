/** The wires whose servers can be started; each is also the name of a protocol. */
export const serviceProtocols = ['postgres', 'mysql', 'redis', 'amqp', 'nats', 'mqtt'] as const
export type ServiceProtocol = (typeof serviceProtocols)[number]

/** What a dependency has to be. Plain data: it takes part in the key under which processes share a server. */
export interface ServiceRequest {
  /** Name of its boundary. */
  readonly name: string
  readonly protocol: ServiceProtocol
  /** The environment variable in which the program looks for its address. */
  readonly variable: string
  /** A version that it must have: `15`, `15.4`, `>=15`. Another one is an error. */
  readonly version: string | undefined
  /** A version that it should have, as a Compose file says. Another one is only noted. */
  readonly preferredVersion: string | undefined
  /** Image for a container; default: the server's own, in the wanted version. */
  readonly image: string | undefined
  /** Settings of the server under its own names: `max_connections`. */
  readonly settings: Readonly<Record<string, string>>
  readonly account: ServiceAccount
}

/** Who logs in and to what. What is left out is the server's own default. */
export interface ServiceAccount {
  readonly user?: string
  readonly password?: string
  /** Database, or virtual host. */
  readonly database?: string
}
