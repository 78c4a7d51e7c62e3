import type { Duplex } from 'node:stream'
import { carry } from '../../core/carry.ts'
import type { Content } from '../../core/protocol.ts'
import type { ServedWire, WireLink } from '../../core/wire.ts'
import { CommandHold } from './command-hold.ts'
import { strikeConnecting } from './connect-fault.ts'
import { describe } from './describe.ts'
import { facetsOf, identify } from './identify.ts'
import type { RedisQuestion, RedisReply } from './message.ts'
import { redisNotation } from './notation.ts'
import { outcomeOf, summarizeQuestion } from './outcome.ts'
import { redactRedis } from './redact.ts'
import { refusal, serveRedis } from './serve.ts'
import { RedisSession } from './session.ts'

/** RESP2 and RESP3. A question is one command; what a subscription brings is part of its answer. */
export function redisWire(): ServedWire<RedisQuestion, RedisReply> {
  return {
    name: 'redis',
    clientFirst: {
      speaks: 'Redis',
      turnAway: (spoken) => Buffer.from(`-ERR this is Redis, not ${spoken} (Mortar)\r\n`),
    },
    serve: serveRedis,
    refuse: (_question, error) => [{ type: 'reply', value: refusal(error), bytes: 0 }],
    notation: redisNotation,
    relay,
    identify,
    facets: facetsOf,
    describe,
    summarize: summarizeQuestion,
    outcome: outcomeOf,
    redact: (content: Content<RedisQuestion, RedisReply>, redactor) => redactRedis(content, redactor),
  }
}

async function relay(client: Duplex, link: WireLink<RedisQuestion, RedisReply>): Promise<void> {
  const session = new RedisSession(link.recorder)
  if (!(await strikeConnecting(client, link, session))) return
  await carry(client, link, session, (carriage) => new CommandHold(session, link.faults!, carriage).gates)
}
