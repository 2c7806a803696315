import { useEffect, useRef, useState } from 'preact/hooks'
import { assemble, type Exported, type Gathering } from '../../data/export.ts'
import { useSubmit } from '../../data/use.ts'
import { Button } from '../../kit/button.tsx'
import { Rows, SwitchRow } from '../../kit/rows.tsx'
import { Screen } from '../../kit/screen.tsx'
import { back } from '../../router.ts'
import './export.css'

/** Exports all of the user's data as a file, which the browser makes from the API's answers. */
export function ExportData() {
  const [withPictures, setWithPictures] = useState(false)
  const [now, setNow] = useState<Gathering | null>(null)
  const [made, setMade] = useState<(Exported & { url: string }) | null>(null)
  const stop = useRef(new AbortController())
  const { submit, isBusy, faults } = useSubmit(async () => {
    stop.current = new AbortController()
    const { signal } = stop.current
    setNow(null)
    const exported = await assemble({ withPictures, signal, onProgress: setNow })
    if (exported && !signal.aborted) setMade({ ...exported, url: URL.createObjectURL(exported.file) })
  })
  // Leaving the screen cancels the export.
  useEffect(() => () => stop.current.abort(), [])
  useEffect(() => () => void (made && URL.revokeObjectURL(made.url)), [made])
  return (
    <Screen title="Export your data" onBack={() => back('/settings')} isNarrow>
      <p>
        One file with your account, devices, cameras, rules, notifications and the results for every picture.
        It does not contain passwords, keys or the addresses that notifications go to.
      </p>
      <Rows note={withPictures ? WITH : WITHOUT}>
        <SwitchRow
          label="Include pictures"
          icon="photo"
          isOn={withPictures}
          isDisabled={isBusy || made !== null}
          onChange={setWithPictures}
        />
      </Rows>
      <div role="status" class="export-state">
        {isBusy && <p>{now ? progress(now) : 'Starting …'}</p>}
        {made && <p>{summary(made)}</p>}
      </div>
      {faults.words && <p role="alert">{`The file could not be created. ${faults.words}`}</p>}
      {made && (
        <a class="button filled" href={made.url} download={made.name}>
          Save the file
        </a>
      )}
      {isBusy && (
        <Button look="plain" onPress={() => stop.current.abort()}>
          Cancel
        </Button>
      )}
      {!isBusy && !made && <Button onPress={() => submit(null)}>Create the file</Button>}
    </Screen>
  )
}

const WITHOUT = 'A JSON file. Each picture has a link that expires after an hour and a half.'
const WITH = 'A ZIP file, which may be large. Stay on this page until it is ready.'

const progress = ({ what, done, of }: Gathering) => `${done}${of === undefined ? '' : ` of ${of}`} ${what} …`

function summary({ counts, missing, file }: Exported) {
  const all = counts.map(([count, what]) => `${count} ${what}`).join(', ')
  const lost = missing > 0 ? ` ${missing} pictures could not be fetched.` : ''
  return `${all}: ${size(file.size)}.${lost}`
}

const size = (bytes: number) =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`
