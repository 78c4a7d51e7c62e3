import { ask } from 'corpus-kit/ask'

/** How a page looks. @throws ServiceError when the flags cannot be read */
export async function theme() {
  const flags = await ask('GET', `${process.env.FLAGS_URL}/flags`)
  return flags.darkMode ? 'dark' : 'light'
}
