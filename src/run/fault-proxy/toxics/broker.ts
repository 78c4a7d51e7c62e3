import { messageFaults } from '../../../core/message-faults.ts'
import { amqpFaults } from '../../../protocols/amqp/faults.ts'
import { number, protocolToxic, type QuestionToxics, text } from './question-toxic.ts'

const brokers = ['amqp', 'nats', 'mqtt']

/** Toxics of brokers and their messages. */
export const brokerToxics: QuestionToxics = {
  message_duplicate: protocolToxic(brokers, {}, messageFaults.duplicate),
  message_drop: protocolToxic(brokers, {}, messageFaults.drop),
  message_delay: protocolToxic(brokers, { ms: number }, messageFaults.delay),
  message_reorder: protocolToxic(brokers, { ms: number }, messageFaults.reorder),
  message_poison: protocolToxic(brokers, { body: text }, messageFaults.poison),
  message_crash_before_ack: protocolToxic(brokers, {}, messageFaults.crashBeforeAck),
  message_redelivery: protocolToxic(['amqp', 'nats'], {}, messageFaults.redelivery),
  amqp_blocked: protocolToxic(['amqp'], { ms: number, reason: text }, amqpFaults.blocked),
  amqp_channel_closed: protocolToxic(['amqp'], { code: number, text }, amqpFaults.channelClosed),
  amqp_connection_closed: protocolToxic(['amqp'], { code: number, text }, amqpFaults.connectionClosed),
  amqp_confirm_lost: protocolToxic(['amqp'], {}, amqpFaults.confirmLost),
  amqp_nacked: protocolToxic(['amqp'], {}, amqpFaults.nacked),
  amqp_returned: protocolToxic(['amqp'], {}, amqpFaults.returned),
}
