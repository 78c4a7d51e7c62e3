import { onTestFinished } from 'vitest'
import type { Faults } from '../../../src/core/fault.ts'
import type { MysqlQuestion, MysqlReply } from '../../../src/protocols/mysql/message.ts'
import { mysqlWire } from '../../../src/protocols/mysql/mysql-wire.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { wireRelay, type WireRelay } from '../../support/wire-relay.ts'

/** An object of a client library, whose types are absent where the library is. */
export type Client = ReturnType<typeof optionalPackage>

/** The client that applications use. */
export const mysql2: Client = optionalPackage('mysql2/promise')

/** A relay to a MariaDB that runs. */
export type MysqlRelay = WireRelay<MysqlQuestion, MysqlReply>

export function mysqlRelay(port: number, faults?: Faults, keepBytes?: number): Promise<MysqlRelay> {
  return wireRelay(mysqlWire(), port, faults, keepBytes)
}

/** Connects as `root` for the length of a test. */
export async function connect(port: number, options: object = {}): Promise<Client> {
  const client = await mysql2.createConnection({ host: '127.0.0.1', port, user: 'root', database: 'shop', ...options })
  client.on('error', () => {})
  onTestFinished(() => client.destroy())
  return client
}

/** `operation → outcome` of each exchange that is a statement, without where versions of the server differ. */
export function lines({ exchanges }: MysqlRelay): string[] {
  const { outcome } = mysqlWire()
  return exchanges
    .filter(({ question }) => question.kind !== 'connect')
    .map(({ operation, messages }) => `${operation} → ${outcome(messages.map(({ message }) => message)).summary}`)
    .map((line) => line.replace(/ in '[\w ]+'$/, ''))
}
