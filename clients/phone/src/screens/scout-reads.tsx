import type { Rule } from '@scout/client'
import { useEffect, useState } from 'preact/hooks'
import { wordsOf } from '../data/faults.ts'
import { type Reading, readWords } from '../data/rules.ts'
import { Spinner } from '../kit/button.tsx'
import { ButtonRow, Row, Rows } from '../kit/rows.tsx'
import { readingInWords } from './reading.ts'

const PAUSE_IN_MS = 400

/** Shows how Scout reads the words of a rule while the user types. */
export function ScoutReads({
  camera,
  words,
  saved,
}: {
  camera: string
  words: string
  saved: Rule | undefined
}) {
  const { reading, why, isOld, again } = useReading(camera, words.trim(), saved)
  return (
    <div class="scout-reads" aria-live="polite" aria-busy={isOld} data-old={isOld || undefined}>
      <Rows title="Scout reads this as">
        {why && <Row icon="warning" label="This could not be read" detail={why} />}
        {why && <ButtonRow label="Try again" onPress={again} />}
        {reading && <Parts reading={reading} />}
        {!reading && !why && <Row label="Reading …" value={<Spinner />} />}
      </Rows>
    </div>
  )
}

type Read = { of: string; reading?: Reading; why?: string }

/** The last reading; `isOld` while it is for earlier words. */
function useReading(camera: string, words: string, saved: Rule | undefined) {
  const [last, setLast] = useState<Read>()
  const [tries, setTries] = useState(0)
  function again() {
    setLast(undefined)
    setTries(tries + 1)
  }
  const known = saved?.rule === words ? { of: words, reading: saved.reading } : last
  const why = known?.of === words ? known.why : undefined
  useEffect(() => {
    if (known?.of === words && !known.why) return setLast(known)
    // Ignore an answer for words that have changed since.
    let isOver = false
    const tell = (read: Read) => isOver || setLast(read)
    const timer = setTimeout(() => {
      readWords(camera, words).then(
        (reading) => tell({ of: words, reading }),
        (error: unknown) => tell({ of: words, why: wordsOf(error) }),
      )
    }, PAUSE_IN_MS)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [words, tries])
  useEffect(() => {
    if (!why) return
    addEventListener('online', again)
    return () => removeEventListener('online', again)
  }, [why, tries])
  return { ...known, isOld: known?.of !== words, again }
}

function Parts({ reading }: { reading: Reading }) {
  const { looksFor, when, beyond, unread } = readingInWords(reading)
  return (
    <>
      {looksFor && <Row icon="eye" label="Looks for" detail={looksFor} />}
      <Row icon="clock" label="When" detail={when} />
      {beyond && (
        <Row
          icon="spark"
          label={looksFor ? 'Also, by a vision model' : 'By a vision model'}
          detail={beyond}
        />
      )}
      {!looksFor && !beyond && (
        <Row icon="warning" label="Nothing to look for" detail="Say what should be in the picture." />
      )}
      {unread && (
        <Row
          icon="warning"
          label="The time is not clear"
          detail={`${unread} can mean more than one time. So the rule applies at any hour, and the vision model gets the time.`}
        />
      )}
    </>
  )
}
