import { useState } from 'preact/hooks'
import { testTarget } from '../../data/targets.ts'
import { useSubmit } from '../../data/use.ts'
import { ButtonRow } from '../../kit/rows.tsx'
import { ago } from '../../kit/time.ts'
import { forgetPush } from '../../push/push.ts'
import { outcomeWords } from '../../push/words.ts'

/** Sends a test to a target and shows the outcome. */
export function TestRow({
  id,
  lastSentAt,
  isThisPhone = false,
}: {
  id: string
  lastSentAt: string | null
  isThisPhone?: boolean
}) {
  const [words, setWords] = useState('')
  const { submit, isBusy, faults } = useSubmit(async () => {
    setWords('')
    const outcome = await testTarget(id)
    setWords(outcomeWords(outcome))
    if (isThisPhone && outcome.outcome === 'gone') forgetPush()
  })
  const said = faults.words || words || lastWords(lastSentAt)
  return (
    <ButtonRow
      label="Send a test"
      icon="spark"
      detail={<span role="status">{isBusy ? 'Sending …' : said}</span>}
      isBusy={isBusy}
      onPress={() => submit(null)}
    />
  )
}

export const lastWords = (lastSentAt: string | null) =>
  lastSentAt ? `Last push ${ago(lastSentAt)}` : 'No push yet'
