/**
 * Opens the system's share sheet for links with `download`, which do nothing in a WKWebView. The sheet saves the file to Files or
 * Photos, or sends it.
 */
export function shareDownloads() {
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest?.<HTMLAnchorElement>('a[download]')
    if (!link || event.defaultPrevented) return
    event.preventDefault()
    void share(link.href, link.download).catch(console.error)
  })
}

async function share(href: string, name: string) {
  const content = await (await fetch(href)).blob()
  const file = new File([content], name, { type: content.type })
  await navigator.share({ files: [file] }).catch((error) => {
    // The user closed the sheet.
    if (error.name !== 'AbortError') throw error
  })
}
