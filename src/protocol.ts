export { asAsker } from './core/asker.ts'
export { writeBody, readBody } from './core/body-notation.ts'
export { type Exchange, type Timed } from './core/exchange.ts'
export { type Facet, type Identity } from './core/identity.ts'
export { type Peer, readyAnswer, type ReadyAnswer, readyReplies } from './core/peer.ts'
export {
  type BodyFiles,
  type Connect,
  type Content,
  type Notation,
  type Operation,
  type Outcome,
  type Place,
  type Protocol,
  type Question,
} from './core/protocol.ts'
export { type Redactor } from './core/redaction.ts'
