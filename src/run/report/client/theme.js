import { el } from './element.js'

const themes = /** @type {const} */ (['auto', 'light', 'dark'])

/** A button that goes from the system's theme to light to dark. Keeps the choice where the browser allows it. */
export function themeButton() {
  let at = Math.max(
    0,
    themes.findIndex((theme) => theme === kept()),
  )
  const button = el('button.theme', {
    type: 'button',
    'aria-keyshortcuts': 't',
    onclick: () => apply((at + 1) % themes.length),
  })
  apply(at)
  return button

  /** @param {number} index */
  function apply(index) {
    at = index
    const theme = themes[at] ?? 'auto'
    document.documentElement.dataset['theme'] = theme
    button.textContent = `Theme: ${theme}`
    try {
      localStorage.setItem('mortar-theme', theme)
    } catch {
      // Browsers may refuse storage to local files; the choice then lasts as long as the page.
    }
  }
}

function kept() {
  try {
    return localStorage.getItem('mortar-theme')
  } catch {
    return null
  }
}
