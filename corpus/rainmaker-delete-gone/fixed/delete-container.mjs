import { ask, retry } from 'corpus-kit/ask'

/** Deletes a container. @throws ServiceError when there was none of that name */
export async function deleteContainer(name) {
  await retry(async (tried) => {
    try {
      await ask('DELETE', `${process.env.BLOBS_URL}/containers/${name}`)
    } catch (error) {
      // An earlier attempt was done after all.
      if (tried === 1 || error.status !== 404) throw error
    }
  })
}
