import type { ComponentChildren } from 'preact'
import { Screen } from '../kit/screen.tsx'
import { to } from '../router.ts'
import './door.css'

/** The frame of the screens for signed-out visitors: the logo, a sentence and a form. */
export const Door = ({
  title,
  words,
  onBack,
  children,
}: {
  title: string
  words?: string
  onBack?: () => void
  children: ComponentChildren
}) => (
  <div class="door">
    <Screen title={title} isNarrow {...(onBack && { onBack })}>
      <img class="door-mark" src={to('/icons/icon.svg')} alt="" width={72} height={72} />
      {words && <p class="muted">{words}</p>}
      {children}
    </Screen>
  </div>
)
