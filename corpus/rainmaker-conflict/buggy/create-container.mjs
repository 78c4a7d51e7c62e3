import { ask, retry } from 'corpus-kit/ask'

/** Creates a container. @throws ServiceError when there is one of that name */
export async function createContainer(name) {
  await retry(() => ask('POST', `${process.env.BLOBS_URL}/containers`, { body: { name } }))
}
