import type { SQL } from 'drizzle-orm'
import type { Db } from './client.ts'
import type { Answered, Statement, Values } from './statement.ts'

type Answers = Record<string, SQL>
type Sending = <A extends Answers>(
  define: () => Statement<A>,
) => (db: Db, values?: Values) => Promise<Answered<A>>

/**
 * A kind of caller: CTEs that find the account and check it, and what they return. The last of its `steps` is empty for a
 * refused account, and it is the only source of the id, so the statement does nothing for those.
 */
export type Principal<Who, P extends Answers, Admitted extends object> = Required<
  Omit<Statement<P>, 'first'>
> & {
  /** The content of their token or cookie, as the values of the steps. */
  values(who: Who): Values
  /** @throws if the caller is refused */
  admit(answered: Answered<P>): Admitted
}

/** Makes statements that check the caller, what is theirs, and do the work in one round trip. */
export const asking =
  <Who, P extends Answers, Admitted extends object>(principal: Principal<Who, P, Admitted>, send: Sending) =>
  <A extends Answers>(define: () => Statement<A>) => {
    const statement = send(() => askedBy(principal, define()))
    return async (db: Db, who: Who, values: Values = {}): Promise<Answered<A> & Admitted> => {
      const answered = await statement(db, { ...values, ...principal.values(who) })
      return { ...answered, ...principal.admit(answered) }
    }
  }

/** The whole statement: the principal's steps before those of the work, and the answers of both. */
export const askedBy = <P extends Answers, A extends Answers>(
  { steps, answers }: Statement<P>,
  { steps: own, ...work }: Statement<A>,
): Statement<A & P> => ({
  ...work,
  steps: joined(steps, own),
  answers: { ...work.answers, ...answers },
})

/** All of some steps. @throws if two have the same name */
export function joined(...all: (Record<string, SQL> | undefined)[]): Record<string, SQL> {
  const steps = all.flatMap((some = {}) => Object.entries(some))
  const twice = steps.find(([name], index) => steps.findIndex(([other]) => other === name) !== index)
  if (twice) throw new Error(`two steps are called ${twice[0]}`)
  return Object.fromEntries(steps)
}
