import { useState } from 'preact/hooks'
import { version } from '../../../package.json'
import { serviceUrl } from '../../data/session.ts'
import { ButtonRow, LinkRow, Row, Rows } from '../../kit/rows.tsx'
import { Screen } from '../../kit/screen.tsx'
import { back } from '../../router.ts'
import { LICENCES, type Licence, TEXTS } from './licences.ts'
import './about.css'

/** The version, the service and the licences. */
export const About = () => (
  <Screen title="About Scout" onBack={() => back('/settings')} isNarrow>
    <Rows>
      <Row label="Version" value={version} />
      <Row label="Service" value={new URL(serviceUrl).host} />
      <LinkRow href={new URL('/docs', serviceUrl).href} icon="wrench" label="API for developers" />
    </Rows>
    <Rows title="Made with">
      {LICENCES.map(({ name, licence, holder }) => (
        <Row key={name} label={name} detail={holder} value={licence} />
      ))}
    </Rows>
    <LicenceText licence="MIT" />
    <LicenceText licence="Apache 2.0" />
  </Screen>
)

function LicenceText({ licence }: { licence: Licence }) {
  const [text, setText] = useState<string | null>(null)
  if (text === null)
    return (
      <Rows>
        <ButtonRow
          label={`Read the ${licence} licence`}
          onPress={() => TEXTS[licence]().then((it) => setText(it.default))}
        />
      </Rows>
    )
  return <p class="licence">{text}</p>
}
