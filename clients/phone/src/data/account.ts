import type { User, UserPatch } from '@scout/client'
import { resource } from './resource.ts'
import { leaving, ownerOf, scout } from './session.ts'

/** The signed-in user. */
export const account = () => resource('account', loadAccount)

/** @throws ScoutError, UnreachableError */
export const loadAccount = async () => scout.getUser(await ownId())

/** @throws ScoutError with the errors of the fields, UnreachableError */
export async function changeAccount(change: UserPatch) {
  const { first_name, last_name, email, public_user_id } = await scout.updateUser(await ownId(), change)
  account().show({ first_name, last_name, email, public_user_id } satisfies User)
}

/** Deletes the account with all its data, and signs out. @throws ScoutError, UnreachableError */
export async function deleteAccount() {
  const id = await ownId()
  await leaving('deleted', () => scout.deleteUser(id))
}

/** The user's id, from the token: for staff the list of users has everybody. */
async function ownId() {
  return ownerOf(scout.tokens?.access || (await scout.refreshToken()))
}
