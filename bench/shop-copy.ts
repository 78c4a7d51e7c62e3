import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const example = join(import.meta.dirname, '../examples/shop')

/** Whether the packages of the shop are there: `npm run demo:shop` installs them. */
export function isShopInstalled(): boolean {
  return existsSync(join(example, 'node_modules/stripe'))
}

/** A copy of the installed shop that nobody has run anything in. Its packages are those of the shop. */
export function copyShop(): { readonly folder: string; close(): void } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bench-shop-')))
  cpSync(example, folder, {
    recursive: true,
    filter: (path) => !['node_modules', '.mortar'].some((name) => path === join(example, name)),
  })
  symlinkSync(join(example, 'node_modules'), join(folder, 'node_modules'))
  return { folder, close: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }) }
}
