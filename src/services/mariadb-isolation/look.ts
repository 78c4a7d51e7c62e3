import type { Look } from '../look.ts'
import { mysqlAddress, mysqlFailed, openSession } from './mysql-address.ts'
import { recordsOf } from './records.ts'

/** Opens a session to look at what a test has written. @throws MortarError `MORTAR_MYSQL_FAILED` */
export async function lookAtMysql(url: string): Promise<Look> {
  const address = mysqlAddress(url)
  const session = await openSession(address, address.database)
  return {
    async rows(sql) {
      try {
        return recordsOf(await session.result(sql))
      } catch (error) {
        throw mysqlFailed(`cannot look at ${sql}`, address, error)
      }
    },
    close: () => session.close(),
  }
}
