/** Type bytes of messages, by name. The same byte means different things in the two directions. */
export const fromClient = {
  bind: 66,
  close: 67,
  describe: 68,
  execute: 69,
  functionCall: 70,
  flush: 72,
  parse: 80,
  query: 81,
  sync: 83,
  terminate: 88,
  copyDone: 99,
  copyData: 100,
  copyFail: 102,
  password: 112,
} as const

/** Type bytes of the server's messages. */
export const fromServer = {
  parseComplete: 49,
  bindComplete: 50,
  closeComplete: 51,
  notification: 65,
  commandComplete: 67,
  dataRow: 68,
  error: 69,
  copyIn: 71,
  copyOut: 72,
  emptyQuery: 73,
  backendKey: 75,
  notice: 78,
  authentication: 82,
  parameterStatus: 83,
  rowDescription: 84,
  functionResult: 86,
  copyBoth: 87,
  ready: 90,
  copyDone: 99,
  copyData: 100,
  noData: 110,
  portalSuspended: 115,
  parameterDescription: 116,
} as const

/** Codes of the messages that have no type byte. */
export const untyped = { ssl: 80_877_103, gss: 80_877_104, cancel: 80_877_102, version3: 196_608 } as const
