import { address, back, go } from '../router.ts'

/** The name of the open sheet, or null. */
export const openSheet = () => address.value.search.get('sheet')

export const showSheet = (name: string) => go(placeWith(name))
export const closeSheet = () => back(placeWith(null))

function placeWith(sheet: string | null) {
  const { path, search } = address.value
  const query = new URLSearchParams(search)
  if (sheet === null) query.delete('sheet')
  else query.set('sheet', sheet)
  return path + (query.size > 0 ? `?${query}` : '')
}
