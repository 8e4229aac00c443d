import { LinkButton } from "../../ui/Button.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { Page } from "../../ui/Page.tsx"

export const MountList = () => (
  <Page title="Mounts" lead="A mount shows a storage or a snapshot as a folder of this machine.">
    <Empty
      icon="mount"
      title="Mounts come with a later version"
      actions={
        <>
          <LinkButton to="/storage">Browse a storage</LinkButton>
          <LinkButton to="/backup">Browse a snapshot</LinkButton>
        </>
      }
    >
      Until then files can be looked at, loaded up and down in Storage, and snapshots in Backup.
    </Empty>
  </Page>
)
