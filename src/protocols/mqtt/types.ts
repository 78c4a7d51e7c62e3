/** Packet types by name. */
export const packetTypes = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
  auth: 15,
} as const

/** How the value of a property is written. */
export type PropertyKind = 'byte' | 'int16' | 'int32' | 'varint' | 'text' | 'bytes' | 'pair'

/** Properties of MQTT 5 by number. @see MQTT 5.0, table 2-4 */
export const properties: Readonly<Record<number, readonly [name: string, kind: PropertyKind]>> = {
  1: ['payloadFormatIndicator', 'byte'],
  2: ['messageExpiryInterval', 'int32'],
  3: ['contentType', 'text'],
  8: ['responseTopic', 'text'],
  9: ['correlationData', 'bytes'],
  11: ['subscriptionIdentifier', 'varint'],
  17: ['sessionExpiryInterval', 'int32'],
  18: ['assignedClientIdentifier', 'text'],
  19: ['serverKeepAlive', 'int16'],
  21: ['authenticationMethod', 'text'],
  22: ['authenticationData', 'bytes'],
  23: ['requestProblemInformation', 'byte'],
  24: ['willDelayInterval', 'int32'],
  25: ['requestResponseInformation', 'byte'],
  26: ['responseInformation', 'text'],
  28: ['serverReference', 'text'],
  31: ['reasonString', 'text'],
  33: ['receiveMaximum', 'int16'],
  34: ['topicAliasMaximum', 'int16'],
  35: ['topicAlias', 'int16'],
  36: ['maximumQoS', 'byte'],
  37: ['retainAvailable', 'byte'],
  38: ['userProperties', 'pair'],
  39: ['maximumPacketSize', 'int32'],
  40: ['wildcardSubscriptionAvailable', 'byte'],
  41: ['subscriptionIdentifiersAvailable', 'byte'],
  42: ['sharedSubscriptionAvailable', 'byte'],
}
