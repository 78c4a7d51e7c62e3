import { defineConfig, mqtt, postgres } from 'mortar'

export default defineConfig({
  boundaries: {
    readings: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),
    sensors: mqtt({ env: 'MQTT_URL' }),
  },
})
