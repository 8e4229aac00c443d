/** All versions that a storage keeps of a file: look, load down, make one the newest again. */
import * as Amount from "@ourclone/core/events/Amount"
import { useQuery } from "@tanstack/react-query"
import { addressOf, messageOf } from "../../api/call.ts"
import { rows } from "../../api/queries.ts"
import { useShortTask } from "../../api/start.ts"
import { useMay } from "../../shell/may.ts"
import { Button } from "../../ui/Button.tsx"
import { Dialog } from "../../ui/Dialog.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { visible } from "../../ui/Path.tsx"
import { exactly } from "../../words/moments.ts"
import { nameIn } from "../../words/placeText.ts"
import styles from "./Browse.module.css"

/** A row of the query `versions`. */
interface VersionRow {
  readonly path: string
  readonly versionId: string
  readonly kind: "Stored" | "Hidden"
  readonly size: number
  readonly storedAt: number
}

export const VersionsDialog = ({ file, onClose }: { readonly file: string; readonly onClose: () => void }) => {
  const { data, error } = useQuery(rows<VersionRow>("versions", { path: file }))
  const run = useShortTask()
  const mayNot = useMay("run")
  const name = nameIn(file)
  // The query takes in what lies below the name as well.
  const found = (data?.rows ?? []).filter(({ path }) => nameIn(path) === name)
  return (
    <Dialog title={`Versions of ${visible(name)}`} width="wide" onClose={onClose}>
      {error === null ? null : (
        <Notice tone="failed" title="No versions to show">
          {messageOf(error)}
        </Notice>
      )}
      {data === undefined && error === null ? <p className={styles.muted}>Asking the storage…</p> : null}
      <ul className={styles.list} aria-label="Versions">
        {found.map(({ kind, size, storedAt, versionId }, index) => (
          <li key={versionId}>
            <span>
              <strong>{exactly(storedAt)}</strong>{" "}
              <span className={styles.muted}>
                {kind === "Hidden" ? "deleted here" : Amount.bytes(size)}
                {index === 0 && kind === "Stored" ? ", the newest" : ""}
              </span>
            </span>
            {kind === "Hidden" ? null : (
              <span className={styles.tools}>
                <a href={addressOf("/files", { path: file, versionId })} download={name}>
                  Download
                </a>
                <Button
                  isDense
                  icon="restore"
                  not={mayNot ?? (index === 0 ? "It is the newest already" : undefined)}
                  onPress={() => {
                    onClose()
                    void run({
                      kind: "undelete",
                      request: { path: file, versionId },
                      done: `${name} is again as of ${exactly(storedAt)}`
                    })
                  }}
                >
                  Restore this one
                </Button>
              </span>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
