import { within } from './within.mjs'

/** Whether somebody is let in: ten times a minute, and always while nobody can count. */
export async function isAllowed(redis, who) {
  const key = `limit:${who}`
  try {
    const [count] = await within(200, redis.multi().incr(key).expire(key, 60, 'NX').exec())
    return count <= 10
  } catch (error) {
    console.error('not limited', error.message)
    return true
  }
}
