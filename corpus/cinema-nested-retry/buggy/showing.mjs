import { ask, retry } from 'corpus-kit/ask'

const few = { attempts: 4, firstMs: 1 }

const load = (film) => retry(() => ask('GET', `${process.env.MOVIES_URL}/movies/${film}`), few)
const title = (film) => retry(async () => (await load(film)).title, few)

/** One line of the programme. */
export const showing = async (film) => `20:15 ${await title(film)}`
