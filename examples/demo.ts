/** The main job on real recordings: imports them, and runs `mortar check` on the triage bot. */
import { installPacked, step } from './install.ts'

const bot = new URL('./triage-bot/', import.meta.url)
await installPacked(bot)
await step('Importing real GitHub traffic, recorded by the maintainers of Octokit', 'npm run --silent recordings', bot)
await step("Running the bot's own tests with its boundary attached: mortar check", 'npx --no-install mortar check', bot)
