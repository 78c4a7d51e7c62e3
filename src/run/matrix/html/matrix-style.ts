/**
 * How the page of a matrix looks, by day and by night. Who goes to a cell sees the drawing above it as well. A shade at
 * the right of what can be scrolled sideways goes under what covers it once there is nothing more.
 */
export const matrixStyle: string = `
:root { color-scheme: light dark; --line: light-dark(#d8dce1, #353b43); --soft: light-dark(#59626e, #9aa4b0);
  --bad: light-dark(#b3261e, #ff9189); --good: light-dark(#1b6e3c, #7fd8a0); --fair: light-dark(#7a5b00, #e3c15c);
  --link: light-dark(#0b57b0, #8ab8ff); --back: light-dark(#fff, #14171b); --card: light-dark(#f6f7f9, #1c2026);
  --bad-back: light-dark(#fbe3e1, #4a1d1b); --good-back: light-dark(#e3f3e8, #173324); --fair-back: light-dark(#faf0d2, #39300f);
  --strike: light-dark(#fff0b8, #5a4800); --shade: light-dark(#14171b66, #e6e9ed66) }
* { box-sizing: border-box }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; background: var(--back); overflow-wrap: anywhere }
a { color: var(--link) } a:focus-visible, summary:focus-visible, button:focus-visible, .scroll:focus-visible, pre:focus-visible, input:focus-visible + label { outline: 2px solid var(--link); outline-offset: 2px }
.skip { position: absolute; left: -99rem } .skip:focus { left: 1rem; top: .5rem; background: var(--back); padding: .3rem .6rem }
header { display: flex; flex-wrap: wrap; gap: .2rem 1rem; padding: .7rem 1.5rem; border-bottom: 1px solid var(--line) }
header nav { margin-left: auto; display: flex; flex-wrap: wrap; gap: 0 1rem }
main { max-width: 1360px; margin: 0 auto; padding: .5rem 1.5rem 5rem }
h1 { margin: .6rem 0 0; font-size: 1.7rem } h2 { margin: 2.2rem 0 .6rem; font-size: 1.25rem }
h3 { display: inline; font-size: 1rem; font-weight: 600; margin: 0 } h4 { margin: .6rem 0 .2rem; font-size: .85rem; color: var(--soft) }
code, pre { font: 13px/1.55 ui-monospace, "DejaVu Sans Mono", monospace } pre { margin: .4rem 0 }
p { margin: .4rem 0 } small, .note, .count { color: var(--soft); font-weight: 400 } .note, .count { font-size: .85rem } .count b { color: var(--bad) }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
progress { width: 100%; height: .7rem; accent-color: var(--link) }
.numbers { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1rem 0 } .numbers div { flex: 1 1 13rem; max-width: 22rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .5rem .9rem }
dt { color: var(--soft) } dd { margin: 0 } .numbers dd { font-size: 1.6rem; line-height: 1.3 } .numbers dd.of { font-size: .85rem; color: var(--soft) }
ol.findings, ul.cells { padding: 0; margin: 0; list-style: none }
.finding, .operation, .contract, .weakness { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; padding: .55rem .9rem }
.finding { border-left: 4px solid var(--bad) } .weakness { border-left: 4px solid var(--fair) }
summary { cursor: pointer } .finding > details > summary, .weakness summary { font-weight: 600 } .sentence code { font-weight: 600 }
.strike { border-top: 1px solid var(--line); padding: .3rem 0 } .operation > .recorded { padding: .3rem 0 } .strike > summary strong { font-weight: 600 }
.chip { display: inline-block; font-size: .8rem; font-weight: 500; border: 1px solid currentColor; border-radius: 99px; padding: 0 .6rem; white-space: nowrap; max-width: 100%; overflow: hidden; text-overflow: ellipsis; vertical-align: bottom }
.bad { color: var(--bad) } .good { color: var(--good) } .fair { color: var(--fair) } .none { color: var(--soft) } .chip.new { background: var(--bad); color: var(--back); border-color: var(--bad) }
.chips { display: flex; flex-wrap: wrap; gap: .3rem }
ul.evidence { list-style: none; font: 13px/1.55 ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre-wrap; border-left: 3px solid var(--line); padding-left: .7rem; margin: .4rem 0 }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: .4rem 1.2rem; margin: .6rem 0 } .sides > div { min-width: 0 }
table { border-collapse: collapse } caption { text-align: left; color: var(--soft); padding: .2rem 0 }
.timelines { width: 100%; table-layout: fixed; font-size: .85rem; margin: .6rem 0 } .timelines th { text-align: left; color: var(--soft); font-weight: 500 } .timelines td, .timelines th { vertical-align: top; padding: .2rem .5rem; border-top: 1px solid var(--line) }
.timelines td + td, .timelines th + th { border-left: 1px solid var(--line) } .timelines caption { text-align: right }
td.struck { background: var(--strike); font-weight: 600 } td.gone { background: var(--good-back) } td.new { background: var(--bad-back) } .folded td { color: var(--soft); padding-left: 2rem }
tr.usual { display: none } .timelines:has(input:checked) tr.usual { display: table-row } .timelines:has(input:checked) :is(tr.folded, .times) { display: none }
.command { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .6rem; margin: .5rem 0 } .command code { user-select: all; background: var(--back); border: 1px solid var(--line); border-radius: 5px; padding: .15rem .5rem } .command pre { flex: 1 1 100%; margin: 0; overflow-x: auto } .command pre code { display: block; white-space: pre; padding: .5rem .7rem }
button { font: inherit; font-size: .85rem; padding: .05rem .6rem; border: 1px solid var(--line); border-radius: 5px; background: var(--back); color: inherit; cursor: pointer }
.filters { border: 0; padding: 0; margin: .4rem 0; display: flex; flex-wrap: wrap; gap: .35rem; align-items: center } .filters legend { float: left; color: var(--soft); margin-right: .6rem; padding: 0; font-size: .85rem; min-width: 4.5rem }
.filters span { position: relative } .filters input { position: absolute; opacity: 0 } .filters label { border: 1px solid var(--line); border-radius: 99px; padding: 0 .7rem; font-size: .85rem; cursor: pointer } .filters input:checked + label { background: light-dark(#24292f, #e6e9ed); color: var(--back); border-color: transparent } .filters label b { font-weight: 600 }
.scroll { display: flex; overflow-x: auto; margin: .6rem 0 1.2rem; position: relative } .scroll > table { position: relative }
.scroll::after { content: ""; flex: none; width: 1rem; position: sticky; right: 0; z-index: 2; pointer-events: none; background: linear-gradient(to left, var(--shade), transparent) }
.scroll > table::after { content: ""; position: absolute; inset: 0 -1rem 0 auto; width: 1rem; z-index: 3; background: var(--beneath, var(--back)) } .contract { --beneath: var(--card) }
.grid { font-size: .85rem } .grid th { text-align: left; font-weight: 500 } .grid thead th[scope=colgroup] { color: var(--soft); border-left: 1px solid var(--line); padding: 0 .4rem }
.grid thead th[scope=col] { vertical-align: bottom; padding: .3rem 0 } .grid thead th[scope=col] span { writing-mode: vertical-rl; rotate: 180deg; white-space: nowrap; max-height: 11rem; overflow: hidden; text-overflow: ellipsis; margin: 0 auto; display: block; line-height: 1.9rem; width: 1.9rem }
.grid th[scope=rowgroup] { background: var(--card) } .grid th[scope=rowgroup] span { position: sticky; left: .4rem; font-weight: 600 } .grid tbody tr > * { border-top: 1px solid var(--line) }
.grid th[scope=row], .grid thead td { position: sticky; left: 0; background: var(--back); z-index: 1; min-width: 16rem; max-width: 26rem } .grid th[scope=row], .grid th[scope=rowgroup] { padding: .2rem .6rem .2rem .4rem }
.grid th[scope=row] a { color: inherit; text-decoration: none } .grid th[scope=row] a:hover { text-decoration: underline }
.grid tbody td { text-align: center; padding: 0; width: 1.9rem; min-width: 1.9rem; height: 1.9rem } .grid td a { display: grid; place-items: center; position: relative; height: 1.9rem; color: inherit; text-decoration: none; font-weight: 700 } .grid td a:hover { outline: 2px solid currentColor; outline-offset: -2px }
.grid td sub { position: absolute; right: 1px; bottom: -2px; font-size: .6rem; font-weight: 500; opacity: .8; line-height: 1.3 }
td.bad { background: var(--bad-back) } td.good { background: var(--good-back) } td.fair { background: var(--fair-back) } .mark { font-weight: 700 }
.grids { display: flex; flex-wrap: wrap; gap: 0 2.5rem } .grids .scroll { max-width: 100% }
.legend dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: .1rem 1.2rem; margin: .4rem 0 } .legend .mark { display: inline-block; min-width: 1.6em; text-align: center } .legend dd { font-size: .85rem; color: var(--soft); padding-left: 2em }
.drawn, .recorded pre { background: var(--back); border: 1px solid var(--line); border-radius: 6px; padding: .5rem .7rem; overflow-x: auto; max-height: 26rem; white-space: pre-wrap }
a.at { font-size: .75rem; border: 1px solid currentColor; border-radius: 4px; padding: 0 .3rem; text-decoration: none; white-space: nowrap } a.at.bad { color: var(--bad) } a.at.good { color: var(--good) } a.at.fair { color: var(--fair) } a.at.none { color: var(--soft) }
del { color: var(--bad); background: var(--bad-back); text-decoration-thickness: 1px } ins { color: var(--good); background: var(--good-back); text-decoration: none } mark { background: var(--strike); color: inherit; font-weight: 600; border-radius: 3px; padding: 0 .4rem }
ul.cells > li { scroll-margin-top: min(31rem, 65vh); border-left: 3px solid var(--line); padding: .1rem 0 .1rem .7rem; margin: .4rem 0 } li:target, details:target { outline: 2px solid var(--link); outline-offset: 3px; border-radius: 4px }
details nav { display: flex; gap: .8rem; font-size: .85rem; margin: .3rem 0 }
.fields { font-size: .85rem; width: 100% } .fields td, .fields th { white-space: nowrap } .fields th, .fields td { text-align: left; padding: .2rem .6rem .2rem .2rem; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: normal } .fields thead th { color: var(--soft); font-weight: 500 } .fields tr.unread code { color: var(--soft) }
.deep-1 { padding-left: 1.2rem !important } .deep-2 { padding-left: 2.4rem !important } .deep-3 { padding-left: 3.6rem !important } .deep-4 { padding-left: 4.8rem !important } .deep-5 { padding-left: 6rem !important } .deep-6, .deep-7, .deep-8 { padding-left: 7.2rem !important }
@media (max-width: 40rem) { header, main { padding-left: .8rem; padding-right: .8rem } .grid th[scope=row], .grid thead td { min-width: 8rem; max-width: 10rem } header nav { margin-left: 0 } .filters legend { float: none; width: 100% } }
@media print { details:not([open]) > * { display: block } button { display: none } }
`
