import type { Remedy } from "@ourclone/core/contract/Remedy"
import * as Amount from "@ourclone/core/events/Amount"
import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { messageOf } from "../../api/call.ts"
import { rows } from "../../api/queries.ts"
import { useShortTask, useStartAndShow } from "../../api/start.ts"
import { useMay } from "../../shell/may.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { Dialog } from "../../ui/Dialog.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Facts, Page } from "../../ui/Page.tsx"
import { visible } from "../../ui/Path.tsx"
import { StateBadge } from "../../ui/StateBadge.tsx"
import { exactly } from "../../words/moments.ts"
import { adviceOf } from "../../words/remedies.ts"
import styles from "./Mounts.module.css"

/** A row of the query `mounts`. */
interface MountRow {
  readonly id: string
  readonly place: string
  readonly point: string
  readonly door: "fuse" | "webdav"
  readonly isReadOnly: boolean
  readonly startedAt: number
  readonly status?: {
    readonly waiting: number
    readonly parked: number
    readonly sending: number
    readonly open: number
    readonly cacheUsed: number
    readonly unreachable?: string
  }
  readonly unsent: ReadonlyArray<{ readonly path: string; readonly error?: string; readonly remedy?: Remedy }>
}

const everyMillis = 5000

const unsentOf = ({ status }: MountRow): number =>
  status === undefined ? 0 : status.waiting + status.parked + status.sending

const UnmountDialog = ({ mount, onClose }: { readonly mount: MountRow; readonly onClose: () => void }) => {
  const startAndShow = useStartAndShow()
  const [problem, setProblem] = useState<string>()
  const unsent = unsentOf(mount)
  return (
    <Dialog
      title={`Unmount ${visible(mount.point)}?`}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Keep</Button>
          <Button
            look="primary"
            onPress={() => {
              startAndShow({ kind: "unmount", request: { point: mount.point } }).catch((error: unknown) =>
                setProblem(messageOf(error))
              )
            }}
          >
            {unsent === 0 ? "Unmount" : "Unmount when sent"}
          </Button>
        </>
      }
    >
      <p>
        {unsent === 0
          ? "Everything that was written to it is stored."
          : `${Amount.files(unsent)} are not sent yet. It is unmounted when every byte is stored.`}
      </p>
      {problem === undefined ? null : <Notice tone="failed">{problem}</Notice>}
    </Dialog>
  )
}

const Mount = ({ mount }: { readonly mount: MountRow }) => {
  const [asks, setAsks] = useState(false)
  const run = useShortTask()
  const mayNot = useMay("mount")
  const { door, isReadOnly, place, point, startedAt, status, unsent } = mount
  const waiting = unsentOf(mount)
  return (
    <li className={styles.mount}>
      <header>
        <div>
          <h2>{visible(point)}</h2>
          <p className={styles.muted}>{visible(place)}</p>
        </div>
        <div className={styles.actions}>
          <Button
            isDense
            icon="upload"
            not={mayNot ?? (waiting === 0 ? "Everything is sent" : undefined)}
            onPress={() => void run({ kind: "flushMount", request: { point }, done: "Everything is sent" })}
          >
            Send now
          </Button>
          <Button isDense not={mayNot} onPress={() => setAsks(true)}>
            Unmount<span className="sr-only"> {point}</span>
          </Button>
        </div>
      </header>
      <Facts
        facts={[
          [
            "State",
            status === undefined ? (
              <StateBadge key="state" tone="failed" icon="alert">
                does not answer
              </StateBadge>
            ) : status.unreachable === undefined ? (
              <StateBadge key="state" tone="done" icon="check">
                mounted
              </StateBadge>
            ) : (
              <StateBadge key="state" tone="waiting" icon="clock">
                {`storage unreachable: ${visible(status.unreachable)}`}
              </StateBadge>
            )
          ],
          ["How", `${door === "fuse" ? "folder" : "WebDAV"}, ${isReadOnly ? "read only" : "read and write"}`],
          ["Unsent", waiting === 0 ? "nothing" : Amount.files(waiting)],
          ["Kept here", status === undefined ? "–" : Amount.bytes(status.cacheUsed)],
          ["Since", exactly(startedAt)]
        ]}
      />
      {unsent
        .filter(({ error }) => error !== undefined)
        .slice(0, 3)
        .map(({ error, path, remedy }) => (
          <Notice key={path} tone="waiting" title={visible(path)}>
            {visible(error ?? "")} {adviceOf("", remedy)?.text}
          </Notice>
        ))}
      {asks ? <UnmountDialog mount={mount} onClose={() => setAsks(false)} /> : null}
    </li>
  )
}

export const MountList = () => {
  const mayNot = useMay("mount")
  const { data, error, refetch } = useQuery({ ...rows<MountRow>("mounts", {}), refetchInterval: everyMillis })
  const mounts = data?.rows ?? []
  const make =
    mayNot === undefined ? (
      <LinkButton to="/mounts/new" look="primary" icon="plus">
        New mount
      </LinkButton>
    ) : null
  return (
    <Page
      title="Mounts"
      lead="A mount shows a place of a storage as a folder of the computer that this service runs on."
      actions={mounts.length === 0 ? null : make}
    >
      {error === null ? null : (
        <Notice
          tone="failed"
          title="The mounts could not be listed"
          actions={<Button onPress={() => void refetch()}>Try again</Button>}
        >
          {messageOf(error)}
        </Notice>
      )}
      {data !== undefined && mounts.length === 0 ? (
        <Empty icon="mount" title="Nothing is mounted" actions={make}>
          Programs of this computer open, change and save files in it as if they were here. What they write is sent to
          the storage soon after.
        </Empty>
      ) : null}
      <ul className={styles.mounts}>
        {mounts.map((mount) => (
          <Mount key={mount.id} mount={mount} />
        ))}
      </ul>
    </Page>
  )
}
