import { ServiceError } from 'corpus-kit/ask'

const mostPages = 100

/** Titles of all issues. @throws ServiceError when there is no end of them */
export async function issues() {
  const titles = []
  const seen = new Set()
  for (let url = `${process.env.FORGE_URL}/issues`; url;) {
    if (seen.has(url)) throw new ServiceError(`${url} came twice`)
    if (seen.size === mostPages) throw new ServiceError(`there is no end of issues after ${mostPages} pages`)
    seen.add(url)
    const { page, next } = await load(url)
    titles.push(...page.map(({ title }) => title))
    url = next
  }
  return titles
}

async function load(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) })
    if (!response.ok) throw new ServiceError(`the issues answered ${response.status}`, { status: response.status })
    const page = await response.json()
    if (!Array.isArray(page)) throw new ServiceError('the issues are no list')
    return { page, next: /<([^>]*)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1] }
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause
    throw new ServiceError('the issues gave no usable answer', { cause })
  }
}
