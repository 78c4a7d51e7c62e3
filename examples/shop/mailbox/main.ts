import { openMailbox } from './server.ts'

const { smtpPort, httpPort } = await openMailbox({ smtpPort: 2525, httpPort: 8025 })
console.error(`mails go to smtp://127.0.0.1:${smtpPort}, and are listed at http://127.0.0.1:${httpPort}/?account=NAME`)
