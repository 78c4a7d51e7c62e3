import { defineConfig, rabbitmq } from 'mortar'

export default defineConfig({
  boundaries: {
    mails: rabbitmq({ env: 'AMQP_URL' }),
  },
})
