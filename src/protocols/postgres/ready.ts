import type { PostgresReply, TransactionStatus } from './message.ts'

/** What a ReadyForQuery says, by its byte. */
export const statusOf: Readonly<Record<number, TransactionStatus>> = { 0x49: 'idle', 0x54: 'open', 0x45: 'failed' }

/** One for each status, since every statement ends with one. */
export const readyReplies: Readonly<Record<TransactionStatus, PostgresReply>> = {
  idle: { type: 'ready', transaction: 'idle' },
  open: { type: 'ready', transaction: 'open' },
  failed: { type: 'ready', transaction: 'failed' },
}
