import { ask, retry } from 'corpus-kit/ask'

// Only here, next to what may fail: who calls this does not try again.
const load = (film) => retry(() => ask('GET', `${process.env.MOVIES_URL}/movies/${film}`), { attempts: 4, firstMs: 1 })
const title = async (film) => (await load(film)).title

/** One line of the programme. */
export const showing = async (film) => `20:15 ${await title(film)}`
