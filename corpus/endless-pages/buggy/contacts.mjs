import { ask } from 'corpus-kit/ask'

/** All contacts. */
export async function contacts() {
  const found = []
  let cursor = ''
  do {
    const page = await ask('GET', `${process.env.CRM_URL}/contacts${cursor && `?cursor=${cursor}`}`)
    found.push(...page.contacts)
    cursor = page.next
  } while (cursor)
  return found
}
