import { createGitHub } from './github.ts'
import { createBot } from './server.ts'

const rules = [
  { match: /crash|exception/i, labels: ['bug'] },
  { match: /how (do|can) i/i, labels: ['question'] },
  { match: /buy now|casino/i, labels: ['spam'], lock: true },
]

createBot(createGitHub(process.env.GITHUB_TOKEN), rules).listen(Number(process.env.PORT ?? 3000))
