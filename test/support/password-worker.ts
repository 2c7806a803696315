import { hashPassword, verifyPassword } from '../../src/auth/passwords.ts'

/** Answers how many milliseconds a password takes to verify against the hash in the body, or a hash of ours without one. */
export default {
  async fetch(request: Request) {
    const stored = (await request.text()) || (await hashPassword('plain-sailing-77'))
    const start = await now()
    const isRight = await verifyPassword('plain-sailing-77', stored)
    return Response.json({ isRight, milliseconds: (await now()) - start })
  },
}

/** A Worker's clock moves on when it waits for something, and only then. */
async function now() {
  await scheduler.wait(1)
  return Date.now()
}
