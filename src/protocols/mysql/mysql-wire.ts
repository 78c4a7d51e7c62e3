import type { Content, Protocol } from '../../core/protocol.ts'
import type { WireProtocol } from '../../core/wire.ts'
import { describe, summarize } from './describe.ts'
import { facetsOf, identify } from './identify.ts'
import type { MysqlQuestion, MysqlReply } from './message.ts'
import { mysqlNotation } from './notation.ts'
import { outcomeOf } from './outcome.ts'
import { redactMysql } from './redact.ts'
import { relayMysql } from './relay.ts'
import { refusal, serveMysql } from './serve.ts'

/** Carried to a server that is there, or served from recordings when there is none. */
export interface MysqlWire
  extends WireProtocol<MysqlQuestion, MysqlReply>, Pick<Protocol<MysqlQuestion, MysqlReply>, 'serve' | 'refuse'> {}

/** The protocol of MariaDB and MySQL, version 10. A question is one statement, or one command that is answered. */
export function mysqlWire(): MysqlWire {
  return {
    name: 'mysql',
    serve: serveMysql,
    refuse: (_question, error) => [{ type: 'error', error: refusal(error) }],
    notation: mysqlNotation,
    relay: (client, link) => relayMysql(client, link),
    identify,
    facets: facetsOf,
    describe,
    summarize,
    outcome: outcomeOf,
    redact: (content: Content<MysqlQuestion, MysqlReply>, redactor) => redactMysql(content, redactor),
  }
}
