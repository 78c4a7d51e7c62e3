import { keepTable, type KeepTable } from './scanner.ts'
import { fromClient, fromServer } from './types.ts'

const largeText = 1 << 20
const someValues = 1 << 16
const name = 1 << 10
const whole = Number.POSITIVE_INFINITY

const ofClient = {
  [fromClient.parse]: whole,
  [fromClient.query]: largeText,
  [fromClient.bind]: someValues,
  [fromClient.execute]: name,
  [fromClient.close]: name,
}
const ofServer = {
  [fromServer.error]: someValues,
  [fromServer.notice]: someValues,
  [fromServer.notification]: someValues,
  [fromServer.commandComplete]: name,
  [fromServer.parameterStatus]: name,
  [fromServer.ready]: 1,
}
const clientTable = keepTable(ofClient)
const serverTable = keepTable(ofServer)

/**
 * What is looked at of the client's messages.
 *
 * @param keepBytes - When answers are to be replayed: how much of one; questions are then kept whole, to be found again.
 */
export function clientKeepTable(keepBytes: number | undefined): KeepTable {
  if (keepBytes === undefined) return clientTable
  const asked = { [fromClient.query]: whole, [fromClient.bind]: whole, [fromClient.describe]: name }
  return keepTable({ ...ofClient, ...asked, [fromClient.copyData]: keepBytes })
}

/** What is looked at of the server's messages. */
export function serverKeepTable(keepBytes: number | undefined): KeepTable {
  if (keepBytes === undefined) return serverTable
  const { rowDescription, parameterDescription, copyIn, copyOut, dataRow, copyData } = fromServer
  const heads = { [rowDescription]: whole, [parameterDescription]: whole, [copyIn]: someValues, [copyOut]: someValues }
  return keepTable({ ...ofServer, ...heads, [dataRow]: keepBytes, [copyData]: keepBytes })
}
