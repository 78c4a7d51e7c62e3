/** What client and server agree on when they meet. */
export const capability = {
  /** Absent in the greeting of MariaDB, which then has more capabilities of its own. */
  mysql: 1,
  connectWithDatabase: 0x8,
  compress: 0x20,
  localFiles: 0x80,
  protocol41: 0x200,
  tls: 0x800,
  transactions: 0x2000,
  secureConnection: 0x8000,
  multiStatements: 0x10000,
  multiResults: 0x20000,
  preparedMultiResults: 0x40000,
  pluginAuth: 0x80000,
  connectAttributes: 0x100000,
  pluginDataLengthEncoded: 0x200000,
  sessionTrack: 0x800000,
  deprecateEof: 0x1000000,
  optionalMetadata: 0x2000000,
  zstd: 0x4000000,
  queryAttributes: 0x8000000,
} as const

/** MariaDB's own capabilities, which stand apart. */
export const mariadbCapability = { extendedMetadata: 0x8, cacheMetadata: 0x10 } as const

/** First byte of a command, by name. */
export const command = {
  quit: 1,
  initDb: 2,
  query: 3,
  fieldList: 4,
  createDb: 5,
  dropDb: 6,
  refresh: 7,
  shutdown: 8,
  statistics: 9,
  processInfo: 10,
  processKill: 12,
  debug: 13,
  ping: 14,
  changeUser: 17,
  prepare: 22,
  execute: 23,
  sendLongData: 24,
  closeStatement: 25,
  resetStatement: 26,
  setOption: 27,
  fetch: 28,
  resetConnection: 31,
  bulkExecute: 250,
} as const

/** What people read of a command that is no statement. */
export const commandNames: Readonly<Record<number, string>> = {
  [command.initDb]: 'USE',
  [command.fieldList]: 'FIELD LIST',
  [command.createDb]: 'CREATE DATABASE',
  [command.dropDb]: 'DROP DATABASE',
  [command.refresh]: 'REFRESH',
  [command.shutdown]: 'SHUTDOWN',
  [command.statistics]: 'STATISTICS',
  [command.processInfo]: 'PROCESS INFO',
  [command.processKill]: 'KILL',
  [command.debug]: 'DEBUG',
  [command.ping]: 'PING',
  [command.changeUser]: 'CHANGE USER',
  [command.setOption]: 'SET OPTION',
  [command.resetConnection]: 'RESET CONNECTION',
}

/** State of a session, as the server reports it with every answer. */
export const status = {
  inTransaction: 1,
  autocommit: 2,
  moreResults: 8,
  cursorExists: 64,
  lastRowSent: 128,
  sessionChanged: 0x4000,
} as const

/** Types of columns and parameters by number. */
export const typeNames: Readonly<Record<number, string>> = {
  0: 'decimal',
  1: 'tiny',
  2: 'short',
  3: 'long',
  4: 'float',
  5: 'double',
  6: 'null',
  7: 'timestamp',
  8: 'longlong',
  9: 'int24',
  10: 'date',
  11: 'time',
  12: 'datetime',
  13: 'year',
  14: 'newdate',
  15: 'varchar',
  16: 'bit',
  245: 'json',
  246: 'newdecimal',
  247: 'enum',
  248: 'set',
  249: 'tinyblob',
  250: 'mediumblob',
  251: 'longblob',
  252: 'blob',
  253: 'varstring',
  254: 'string',
  255: 'geometry',
}

/** The column is never NULL. */
export const notNullFlag = 1
/** The column holds only numbers from zero up. */
export const unsignedFlag = 32
/** The character set of what is no text. */
export const binaryCharset = 63
