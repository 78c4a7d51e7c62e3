const latin = (bytes: Buffer): string => bytes.toString('latin1', 0, 2048)

/** What a client speaks, by its first bytes: `HTTP`. `undefined`: that cannot be told. */
export function spokenIn(first: Buffer): string | undefined {
  if (first[0] === 0x16 && first[1] === 3) return 'TLS'
  const text = latin(first)
  if (/^[A-Z]{3,10} \S+ HTTP\/\d/.test(text)) return 'HTTP'
  if (text.startsWith('SSH-')) return 'SSH'
  if (text.startsWith('AMQP')) return 'AMQP'
  if (/^\*\d+\r\n\$\d+\r\n/.test(text)) return 'Redis'
  if (text.startsWith('CONNECT {')) return 'NATS'
  if (first[0] === 0x10 && /^.{1,4}\0(?:\x04MQTT|\x06MQIsdp)/s.test(text.slice(1))) return 'MQTT'
  if (first.length >= 8 && isPostgres(first.readUInt32BE(0), first.readUInt32BE(4))) return 'PostgreSQL'
  return undefined
}

function isPostgres(length: number, code: number): boolean {
  return length >= 8 && length <= 10_000 && (code === 196_608 || (code >= 80_877_102 && code <= 80_877_104))
}
