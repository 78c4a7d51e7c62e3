import { el } from './element.js'

/**
 * A command with a button that copies it.
 *
 * @param {string} command
 */
export function commandLine(command) {
  const code = el('code', {}, command)
  const button = el(
    'button.copy',
    { type: 'button', 'aria-label': `Copy: ${command}`, onclick: () => void copy() },
    'Copy',
  )
  async function copy() {
    try {
      await navigator.clipboard.writeText(command)
      button.textContent = 'Copied'
    } catch {
      // Without permission for the clipboard the text is selected instead.
      getSelection()?.selectAllChildren(code)
      button.textContent = 'Selected'
    }
  }
  return el('div.command', {}, code, button)
}
