import { hashPassword, verifyPassword } from '../../src/auth/passwords.ts'

/** Measures how many milliseconds it takes to verify a password against the hash in the body, or against our own hash. */
export default {
  async fetch(request: Request) {
    const stored = (await request.text()) || (await hashPassword('plain-sailing-77'))
    const start = await now()
    const isRight = await verifyPassword('plain-sailing-77', stored)
    return Response.json({ isRight, milliseconds: (await now()) - start })
  },
}

/** A Worker's clock advances only while it waits for I/O. */
async function now() {
  await scheduler.wait(1)
  return Date.now()
}
