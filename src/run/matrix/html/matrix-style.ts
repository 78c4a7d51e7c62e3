/** How the page of a matrix looks, by day and by night. */
export const matrixStyle: string = `
:root { color-scheme: light dark; --line: light-dark(#d5d9de, #3a3f46); --soft: light-dark(#5b6470, #9aa3ae);
  --bad: light-dark(#b3261e, #ff8a80); --good: light-dark(#1b6e3c, #7fd8a0); --fair: light-dark(#7a5b00, #e3c15c);
  --back: light-dark(#fff, #16191d); --card: light-dark(#f6f7f9, #1e2227); }
* { box-sizing: border-box }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; background: var(--back) }
header { display: flex; gap: 1rem; padding: .75rem 1.5rem; border-bottom: 1px solid var(--line) }
main { max-width: 1200px; margin: 0 auto; padding: 1rem 1.5rem 4rem }
h1 { margin: .5rem 0 0 } h2 { margin-top: 2rem }
code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
.numbers { display: flex; flex-wrap: wrap; gap: 2.5rem } .numbers div { min-width: 12rem }
dt { color: var(--soft) } dd { margin: 0; font-size: 1.6rem } dd.of { font-size: .85rem; color: var(--soft) }
ol { padding: 0; list-style: none } .finding { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  margin: .6rem 0; padding: .7rem 1rem }
summary { cursor: pointer; font-weight: 600; overflow-wrap: anywhere }
.chip { display: inline-block; font-size: .8rem; font-weight: 500; border: 1px solid currentColor; border-radius: 99px;
  padding: 0 .6rem; margin: .1rem 0 } .chip.bad { color: var(--bad) } .chip.good { color: var(--good) }
.chip.fair { color: var(--fair) } .chip.none { color: var(--soft) }
.evidence { font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
.timelines { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); gap: 1rem }
table { border-collapse: collapse; width: 100%; font-size: .85rem } caption { text-align: left; color: var(--soft) }
td, th { text-align: left; vertical-align: top; padding: .25rem .5rem; border-top: 1px solid var(--line);
  overflow-wrap: anywhere } .timelines td:nth-child(-n+2) { white-space: nowrap; color: var(--soft) }
.struck td { color: var(--bad); font-weight: 600 } .grid th { width: 34%; font-weight: 500 } small { color: var(--soft) }
`
