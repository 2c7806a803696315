const manifests = new WeakMap<Fetcher, Promise<Manifest>>()
const FOLDER = '/admin/static'
/** The file names that scripts/build-assets.ts chose: each holds a hash of its content. */
type Manifest = { style: string; script: string; icon: string }

/** The URLs of the pages' style and script. Read once per isolate. */
export function assetUrls(assets: Fetcher): Promise<Manifest> {
  const known = manifests.get(assets) ?? readManifest(assets)
  manifests.set(assets, known)
  known.catch(() => manifests.delete(assets))
  return known
}

async function readManifest(assets: Fetcher) {
  const response = await assets.fetch('http://assets/admin.json')
  if (!response.ok) throw new Error('the files of the admin are not deployed')
  const { style, script, icon } = await response.json<Manifest>()
  return { style: `${FOLDER}/${style}`, script: `${FOLDER}/${script}`, icon: `${FOLDER}/${icon}` }
}
