import { ask, ServiceError } from 'corpus-kit/ask'

const mostPages = 200

/** All contacts. @throws ServiceError when a page comes twice, or there is no end of them */
export async function contacts() {
  const found = []
  const seen = new Set()
  let cursor = ''
  do {
    if (seen.has(cursor)) throw new ServiceError(`page ${cursor} of the contacts came twice`)
    if (seen.size === mostPages) throw new ServiceError(`there is no end of contacts after ${mostPages} pages`)
    seen.add(cursor)
    const page = await ask('GET', `${process.env.CRM_URL}/contacts${cursor && `?cursor=${cursor}`}`)
    found.push(...page.contacts)
    cursor = page.next
  } while (cursor)
  return found
}
