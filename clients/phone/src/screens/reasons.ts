import type { Event, Verdict } from '@scout/client'

/** A rule's verdict on a picture, in a word. */
export function saidOf({ verdict, skipped }: Verdict) {
  if (verdict === 'yes') return skipped === null ? 'Yes' : 'Yes, but'
  if (verdict === 'no') return 'No'
  return verdict === 'unsure' ? 'Not sure' : 'Skipped'
}

const SKIPPED: Record<NonNullable<Verdict['skipped']>, string> = {
  disabled: 'The rule was off.',
  not_armed: 'The camera was disarmed.',
  snoozed: 'The rule or its camera was snoozed.',
  hours: 'The picture was taken outside its hours.',
  cooling_down: 'It notified you of another picture shortly before.',
  too_many: 'Only the first twenty rules of a camera are checked.',
}

/** Why a rule did or did not notify: the evidence, and why it was skipped. */
export function reasonOf(said: Verdict) {
  const kept = said.skipped && SKIPPED[said.skipped]
  if (said.verdict === null) return kept ?? 'The rule was skipped.'
  return [said.evidence || WITHOUT_EVIDENCE[said.verdict], kept].filter(Boolean).join(' ')
}

const WITHOUT_EVIDENCE = {
  yes: 'It is there.',
  no: 'It is not there.',
  unsure: 'This picture does not show it clearly.',
}

/** The verdicts that led to a notification, and the others. */
export function sorted({ verdicts }: Pick<Event, 'verdicts'>) {
  const hasTold = ({ verdict, skipped }: Verdict) => verdict === 'yes' && skipped === null
  return { told: verdicts.filter(hasTold), others: verdicts.filter((said) => !hasTold(said)) }
}

const FAILURES: Record<string, string> = {
  missing: 'The picture was never uploaded.',
  storage_unreachable: 'The picture could not be read.',
  not_an_image: 'What the camera sent is not a picture.',
  too_large: 'The picture is too large.',
  overwritten: 'The picture was replaced before it was checked.',
  device_revoked: 'The camera’s access was revoked.',
  camera_gone: 'The camera was deleted.',
  limited: 'More pictures came than Scout checks in an hour or a day.',
  budget_spent: 'The limit of pictures for today is reached.',
  interrupted: 'Checking it was interrupted too often.',
}

/** The state of a picture without final verdicts, in words; null if the verdicts are final. */
export function stateOf({ state, failure, attempts }: Pick<Event, 'state' | 'failure' | 'attempts'>) {
  const why =
    failure === null ? '' : (FAILURES[failure] ?? 'The service that checks pictures did not answer.')
  if (state === 'done') return null
  if (state === 'failed') return { title: 'This picture could not be checked', words: why }
  if (state === 'discarded') return { title: 'This picture was not checked', words: why }
  const isLate = attempts > 0 && why !== ''
  return {
    title: 'This picture is being checked',
    words: isLate ? `${why} Scout tries again.` : 'This takes a few seconds.',
  }
}
