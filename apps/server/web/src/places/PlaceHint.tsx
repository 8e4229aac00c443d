import { LinkButton } from "../ui/Button.tsx"
import { Notice } from "../ui/Notice.tsx"

/** Where there is nothing to transfer to. */
export const PlacePickerHint = () => (
  <Notice
    tone="info"
    title="There is no storage yet"
    actions={
      <LinkButton isDense icon="plus" to="/storage/~new">
        Add Storage
      </LinkButton>
    }
  >
    Only folders of this computer can be chosen until one is added.
  </Notice>
)
