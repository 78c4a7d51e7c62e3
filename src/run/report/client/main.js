/** @import { Summary } from '../../summary/types.ts' */
import { el, named } from './element.js'
import { installKeys } from './keys.js'
import { parseRoute } from './route.js'
import { themeButton } from './theme.js'
import { views } from './views.js'

const data = /** @type {HTMLElement} */ (document.getElementById('summary'))
const summary = /** @type {Summary} */ (JSON.parse(data.textContent ?? ''))
const main = /** @type {HTMLElement} */ (document.getElementById('main'))
const nav = /** @type {HTMLElement} */ (document.querySelector('nav'))
const inNav = views.filter((view) => view.nav !== undefined)
const links = inNav.map((view) => {
  const count = view.count?.(summary)
  const tone = view.alarm?.(summary) ? 'span.count.bad' : 'span.count'
  return el('a', { href: `#/${view.name}` }, view.nav, count !== undefined && count !== 0 && el(tone, {}, count))
})
const dialog = installKeys(() => inNav.map(({ name }) => `#/${name}`))
let before = ''

function draw() {
  const route = parseRoute(location.hash)
  const view = views.find(({ name }) => name === route.view) ?? views[0]
  if (!view) return
  const title = view.title(summary, route)
  const heading = el('h1', { tabindex: '-1' }, named(title))
  main.replaceChildren(heading, ...view.render(summary, route).filter((child) => child instanceof Node))
  main.className = `view-${view.name || 'overview'}`
  document.title = `${title} · mortar check`
  const current = inNav.findIndex(({ name }) => name === (view.under ?? view.name))
  links.forEach((link, index) => {
    if (index === current) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  })
  // Coming back to a list, the reader is where they left it; the first page leaves the focus to the browser.
  const left = [...main.querySelectorAll('a')].find((link) => link.getAttribute('href') === before)
  if (before !== '') (left ?? heading).focus({ preventScroll: left === undefined })
  if (left === undefined) scrollTo(0, 0)
  before = location.hash.split('?', 1)[0] || '#/'
  // For those who drive the page from outside, and must know when it has changed.
  document.body.dataset['drawn'] = location.hash
}

nav.append(...links)
document
  .querySelector('.tools')
  ?.append(
    themeButton(),
    el('button', { type: 'button', 'aria-keyshortcuts': '?', onclick: () => dialog.showModal() }, 'Keys'),
  )
document.body.append(dialog)
document.querySelector('.skip')?.addEventListener('click', (event) => {
  // The address belongs to the views, so the link must not change it.
  event.preventDefault()
  main.focus()
})
addEventListener('hashchange', draw)
draw()
