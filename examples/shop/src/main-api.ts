import { readConfig } from './config.ts'
import { createApi } from './http/api.ts'
import { log } from './log.ts'
import { openShop } from './shop.ts'

const config = readConfig(process.env)
const shop = await openShop(config)
const api = createApi(shop).listen(config.port, () => log.info('the shop is open', { port: config.port }))
process.once('SIGTERM', () => api.close(() => void shop.close()))
