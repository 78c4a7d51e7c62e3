import { once } from 'node:events'
import { connect } from 'node:net'
import { ask } from 'corpus-kit/ask'

/** Prints the label of a parcel. @returns what the printer says */
export async function printLabel(parcel) {
  const printer = connect(Number(process.env.PRINTER_PORT), '127.0.0.1')
  try {
    await once(printer, 'connect', { signal: AbortSignal.timeout(1000) })
    const { zpl } = await ask('GET', `${process.env.CARRIER_URL}/labels/${parcel}`)
    if (typeof zpl !== 'string' || !zpl.startsWith('^XA')) throw new Error('the carrier gave no label')
    printer.write(zpl)
    const [said] = await once(printer, 'data', { signal: AbortSignal.timeout(1000) })
    return String(said).trim()
  } finally {
    printer.end()
  }
}
