import type { Trial } from '@scout/client'
import { useState } from 'preact/hooks'
import { TRIED_ON, type Tried, tryOnPictures, whyNotTried } from '../data/rules.ts'
import { notificationSettings } from '../data/notification-settings.ts'
import { valueIn } from '../data/resource.ts'
import { useSeen } from '../data/use.ts'
import { Button } from '../kit/button.tsx'
import { Picture } from '../kit/picture.tsx'
import { Tag } from '../kit/tag.tsx'
import { ago } from '../kit/time.ts'
import { to } from '../router.ts'
import { byVerdict, outcomeOf, summaryOf } from './trial.ts'

type TryItProps = {
  camera: string
  words: string
  /** The last trial. */
  tried: Tried | undefined
  onTried: (tried: Tried) => void
}

/** Tries a rule on the newest pictures, without any notification. */
export function TryIt({ camera, words, tried, onTried }: TryItProps) {
  const settings = notificationSettings()
  useSeen(settings)
  const hasJudge = valueIn(settings)?.judge !== null
  const [isBusy, setBusy] = useState(false)
  const [fault, setFault] = useState('')
  async function tryNow() {
    setBusy(true)
    setFault('')
    try {
      onTried(await tryOnPictures(camera, words))
    } catch (error) {
      setFault(whyNotTried(error))
    }
    setBusy(false)
  }
  return (
    <section class="try" aria-label="Try it">
      <Button look="tinted" icon="photo" isBusy={isBusy} isDisabled={!words || !hasJudge} onPress={tryNow}>
        {isBusy ? 'Checking the pictures …' : `Try it on the last ${TRIED_ON} pictures`}
      </Button>
      <div role="status">
        {isBusy && <p class="note">This takes up to half a minute and sends no notifications.</p>}
        {!hasJudge && (
          <p class="note">
            This Scout is not set up to check pictures. The person who runs it can set JUDGE_URL. Until then
            you can write rules, but they never notify you.
          </p>
        )}
        {fault && <p class="form-fault">{fault}</p>}
        {tried && !isBusy && <p class="try-summary">{summaryOf(tried.trial)}</p>}
        {tried && !isBusy && tried.of !== words && (
          <p class="note">These results are for other words: “{tried.of}”. Try again.</p>
        )}
      </div>
      {tried && !isBusy && <Results key={tried.of} results={tried.trial.results} />}
    </section>
  )
}

const FIRST = 6

function Results({ results }: { results: Trial['results'] }) {
  const [isWhole, setWhole] = useState(false)
  const sorted = byVerdict(results)
  const shown = isWhole ? sorted : sorted.slice(0, FIRST)
  return (
    <>
      <ul class="try-results">
        {shown.map((result) => (
          <li key={result.public_event_id}>
            <Result result={result} />
          </li>
        ))}
      </ul>
      {shown.length < sorted.length && (
        <Button look="plain" onPress={() => setWhole(true)}>
          {`Show all ${sorted.length}`}
        </Button>
      )}
    </>
  )
}

function Result({ result }: { result: Trial['results'][number] }) {
  const { tone, word, why } = outcomeOf(result)
  return (
    <a href={to(`/events/${result.public_event_id}`)}>
      <Picture
        url={result.image_url}
        label={`Picture, ${ago(result.captured_at)}`}
        ratio="4 / 3"
        words="No longer available"
      />
      <span class="try-words">
        <Tag tone={tone}>{word}</Tag>
        <span class="muted">{ago(result.captured_at)}</span>
      </span>
      <span class="try-why">{why}</span>
    </a>
  )
}
