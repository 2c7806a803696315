// Checks the API's description against OpenAPI's own schema and Redocly's strict rules. Reads nothing from the network.
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describeApi } from '../src/openapi.ts'

const source = JSON.stringify(describeApi(), null, 2)

const { valid, errors } = await new Validator().validate(JSON.parse(source))
if (!valid) console.error('not OpenAPI 3.1:', errors)

const config = await createConfig({
  extends: ['recommended-strict'],
  // The clients in the field send the slash.
  rules: { 'no-path-trailing-slash': 'off' },
})
const found = await lintFromString({ source, config, absoluteRef: 'openapi.json' })
// These two have no client errors.
const isHealth = (pointer = '') => /^#\/paths\/~1(health|ready)z\//.test(pointer)
const problems = found.filter(
  ({ ruleId, location }) => !(ruleId === 'operation-4xx-response' && isHealth(location[0]?.pointer)),
)
for (const { ruleId, message, location } of problems)
  console.error(`${ruleId}: ${message} ${location[0]?.pointer}`)

if (valid && problems.length === 0) console.log('The description of the API is OpenAPI 3.1 and lints clean.')
else process.exitCode = 1
