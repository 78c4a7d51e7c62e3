import { ask, retry } from 'corpus-kit/ask'

/** Deletes a container. @throws ServiceError when there is none of that name */
export async function deleteContainer(name) {
  await retry(() => ask('DELETE', `${process.env.BLOBS_URL}/containers/${name}`))
}
