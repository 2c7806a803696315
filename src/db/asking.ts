import type { SQL } from 'drizzle-orm'
import type { Db } from './client.ts'
import type { Answered, Statement, Values } from './statement.ts'

type Answers = Record<string, SQL>
type Sending = <A extends Answers>(
  define: () => Statement<A>,
) => (db: Db, values?: Values) => Promise<Answered<A>>

/**
 * A kind of who asks: CTEs that find their account and settle whether it counts, and what comes back of it. The last of its
 * `steps` is empty for an account that does not count, and the only way to its id, so a statement does nothing for those.
 */
export type Principal<Who, P extends Answers, Admitted extends object> = Required<
  Omit<Statement<P>, 'first'>
> & {
  /** What their token or cookie says, as the values of the steps. */
  values(who: Who): Values
  /** @throws where they may not ask */
  admit(answered: Answered<P>): Admitted
}

/** Makes statements of one round trip that settle who asks, what is theirs and the work itself. */
export const asking =
  <Who, P extends Answers, Admitted extends object>(principal: Principal<Who, P, Admitted>, send: Sending) =>
  <A extends Answers>(define: () => Statement<A>) => {
    const statement = send(() => askedBy(principal, define()))
    return async (db: Db, who: Who, values: Values = {}): Promise<Answered<A> & Admitted> => {
      const answered = await statement(db, { ...values, ...principal.values(who) })
      return { ...answered, ...principal.admit(answered) }
    }
  }

/** The whole statement of some work: the principal's steps stand before those of the work, its answers beside them. */
export const askedBy = <P extends Answers, A extends Answers>(
  { steps, answers }: Statement<P>,
  { steps: own, ...work }: Statement<A>,
): Statement<A & P> => ({
  ...work,
  steps: joined(steps, own),
  answers: { ...work.answers, ...answers },
})

/** All of some steps. @throws where two have one name, since the one would stand for the other */
export function joined(...all: (Record<string, SQL> | undefined)[]): Record<string, SQL> {
  const steps = all.flatMap((some = {}) => Object.entries(some))
  const twice = steps.find(([name], index) => steps.findIndex(([other]) => other === name) !== index)
  if (twice) throw new Error(`two steps are called ${twice[0]}`)
  return Object.fromEntries(steps)
}
