import { toast } from '../kit/toast.tsx'

type Shared = {
  title: string
  text: string
  /** The picture's URL, or null. */ url: string | null
  link: string
}

/** Shares a picture with the system's share sheet, or saves it. If the picture cannot be read, shares its link in the app. */
export async function share({ title, text, url, link }: Shared) {
  const file = url === null ? null : await fileOf(url, title).catch(() => null)
  try {
    if (file && navigator.canShare?.({ files: [file] })) await navigator.share({ files: [file], title, text })
    else if (file) save(file)
    else if (navigator.canShare?.({ url: link })) await navigator.share({ title, text, url: link })
    else {
      await navigator.clipboard.writeText(link)
      toast('Link copied.')
    }
  } catch (error) {
    // AbortError means that the user closed the sheet.
    if ((error as Error).name !== 'AbortError') toast('It could not be shared.')
  }
}

async function fileOf(url: string, title: string) {
  // The cached response of the <img> has no CORS header.
  const response = await fetch(url, { mode: 'cors', credentials: 'omit', cache: 'reload' })
  if (!response.ok) throw new Error(`answered ${response.status}`)
  const picture = await response.blob()
  const ending = picture.type === 'image/png' ? 'png' : 'jpg'
  return new File([picture], `${title}.${ending}`, { type: picture.type || 'image/jpeg' })
}

function save(file: File) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = file.name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  toast('Picture saved.')
}
