import { command } from '../handshake/redis.ts'
import { say, type ServerPlace } from './reset.ts'

/** Removes every key of every database, and the functions. */
export async function resetRedis(server: ServerPlace): Promise<void> {
  const { user, password } = server
  const login = password === undefined ? [] : [command('AUTH', ...(user === undefined ? [] : [user]), password)]
  const words = [...login, command('FLUSHALL', 'SYNC')]
  await say('Redis', server, {
    opening: Buffer.from(words.join('')),
    read(received) {
      const lines = received.toString('latin1').split('\r\n')
      const refused = lines.find((line) => line.startsWith('-'))
      if (refused !== undefined) throw new Error(refused.slice(1))
      return lines.length > words.length ? true : undefined
    },
  })
}
