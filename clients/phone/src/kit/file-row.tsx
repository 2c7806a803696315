import { Icon, type IconName } from './icon.tsx'
import './file-row.css'

/** A row that opens a file picker; on a phone the user chooses a photo or takes one. */
export const FileRow = ({
  label,
  detail,
  icon,
  accept,
  isBusy,
  onFile,
}: {
  label: string
  detail?: string
  icon: IconName
  accept: string
  isBusy: boolean
  onFile: (file: File) => unknown
}) => (
  <label class="row file-row" data-busy={isBusy || undefined}>
    <Icon name={icon} />
    <span class="row-text">
      <span class="row-label">{label}</span>
      {detail && <span class="row-detail">{detail}</span>}
    </span>
    <Icon name="next" size={16} />
    <input
      class="visually-hidden"
      type="file"
      accept={accept}
      disabled={isBusy}
      aria-label={label}
      onChange={({ currentTarget: input }) => {
        const [file] = input.files ?? []
        // Choosing the same file again must fire another change event.
        input.value = ''
        if (file) onFile(file)
      }}
    />
  </label>
)
