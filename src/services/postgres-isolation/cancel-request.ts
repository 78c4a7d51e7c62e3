import { untypedMessage } from '../../protocols/postgres/encode.ts'
import { untyped } from '../../protocols/postgres/types.ts'
import { connectTo, type PostgresAddress } from './postgres-address.ts'

/** Asks the server to stop what a session does. The server answers by closing, whatever came of it. */
export async function cancelRequest(server: PostgresAddress, key: Buffer, signal: AbortSignal): Promise<void> {
  const connection = await connectTo(server, signal)
  await new Promise<void>((resolve) => {
    connection.once('close', resolve).resume()
    connection.end(untypedMessage(untyped.cancel, key))
  })
}
