import { ask, retry } from 'corpus-kit/ask'

/** Makes sure that there is a container. */
export async function createContainer(name) {
  await retry(async (tried) => {
    try {
      await ask('POST', `${process.env.BLOBS_URL}/containers`, { body: { name } })
    } catch (error) {
      // An earlier attempt was done after all.
      if (tried === 1 || error.status !== 409) throw error
    }
  })
}
