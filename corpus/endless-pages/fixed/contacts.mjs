import { ask, ServiceError } from 'corpus-kit/ask'

/** All contacts. @throws ServiceError when a page comes twice */
export async function contacts() {
  const found = []
  const seen = new Set()
  let cursor = ''
  do {
    if (seen.has(cursor)) throw new ServiceError(`page ${cursor} of the contacts came twice`)
    seen.add(cursor)
    const page = await ask('GET', `${process.env.CRM_URL}/contacts${cursor && `?cursor=${cursor}`}`)
    found.push(...page.contacts)
    cursor = page.next
  } while (cursor)
  return found
}
