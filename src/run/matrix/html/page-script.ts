/**
 * What the page does besides being read: it opens what a link points into, copies commands, and comes back as it was
 * left when it is loaded again. Without it all can be read and filtered just as well.
 */
export const pageScript: string = `
const reveal = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (!target) return
  for (let at = target; at; at = at.parentElement) if (at.localName === 'details') at.open = true
  // What a filter has taken away is not what somebody goes to.
  if (!target.checkVisibility()) for (const id of ['v-', 'b-']) document.getElementById(id).checked = true
  target.scrollIntoView()
}
for (const command of document.querySelectorAll('.command')) {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = 'Copy'
  button.addEventListener('click', async () => {
    const code = command.querySelector('code')
    try {
      await navigator.clipboard.writeText(code.textContent)
      button.textContent = 'Copied'
    } catch {
      getSelection().selectAllChildren(code)
      button.textContent = 'Selected'
    }
  })
  command.append(button)
}
const key = 'mortar-matrix-' + document.body.dataset.run
const keep = () => {
  const open = [...document.querySelectorAll('details[id]')].filter((each) => each.open).map(({ id }) => id)
  const checked = [...document.querySelectorAll('input:checked')].map(({ id }) => id)
  try { sessionStorage.setItem(key, JSON.stringify({ open, checked, y: scrollY })) } catch {}
}
const restore = () => {
  let kept
  try { kept = JSON.parse(sessionStorage.getItem(key)) } catch {}
  if (!kept) return false
  for (const each of document.querySelectorAll('details[id]')) each.open = kept.open.includes(each.id)
  for (const id of kept.checked) { const input = document.getElementById(id); if (input) input.checked = true }
  scrollTo(0, kept.y)
  return true
}
if (document.body.dataset.state === 'running') addEventListener('pagehide', keep)
else addEventListener('pagehide', () => { try { sessionStorage.removeItem(key) } catch {} })
addEventListener('hashchange', reveal)
if (!restore()) reveal()
`
