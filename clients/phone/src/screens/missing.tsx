import { ButtonLink } from '../kit/button.tsx'
import { Screen } from '../kit/screen.tsx'
import { Empty } from '../kit/seen.tsx'
import { to } from '../router.ts'

/** The screen for an unknown address. */
export const Missing = () => (
  <Screen title="Not found">
    <Empty
      icon="warning"
      title="There is nothing here"
      action={<ButtonLink href={to('/')}>Go to your cameras</ButtonLink>}
    >
      It may have been deleted, or the link is incomplete.
    </Empty>
  </Screen>
)
