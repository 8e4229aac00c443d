/** Files on their way from this browser into a place. They end when the tab is closed, and say so. */
import * as Amount from "@ourclone/core/events/Amount"
import { useEffect, useRef, useState } from "react"
import { addressOf } from "../../api/call.ts"
import { Button } from "../../ui/Button.tsx"
import { visible } from "../../ui/Path.tsx"
import { Progress } from "../../ui/Progress.tsx"
import { StateBadge } from "../../ui/StateBadge.tsx"
import { inside } from "../../words/placeText.ts"
import styles from "./Browse.module.css"

interface Upload {
  readonly id: number
  readonly file: File
  readonly place: string
  readonly sent: number
  readonly state: "queued" | "sending" | "done" | "failed" | "exists"
  readonly message?: string
}

export interface UploadQueue {
  readonly all: ReadonlyArray<Upload>
  readonly add: (files: ReadonlyArray<File>) => void
  readonly replace: (id: number) => void
  readonly cancel: (id: number) => void
  readonly clear: () => void
}

let lastId = 0

const problemText = (text: string): string => {
  try {
    const problem = JSON.parse(text) as { readonly detail?: string; readonly title?: string }
    return problem.detail ?? problem.title ?? "It was refused"
  } catch {
    return "It was refused"
  }
}

export const useUploads = (place: string, onDone: () => void): UploadQueue => {
  const [all, setAll] = useState<ReadonlyArray<Upload>>([])
  const requests = useRef(new Map<number, XMLHttpRequest>())
  const change = (id: number, fields: Partial<Upload>) =>
    setAll((some) => some.map((one) => (one.id === id ? { ...one, ...fields } : one)))
  const send = ({ file, id, place: to }: Upload, overwrite: boolean) => {
    const request = new XMLHttpRequest()
    requests.current.set(id, request)
    request.open("PUT", addressOf("/files", { path: to, ...(overwrite ? { overwrite: "true" } : {}) }))
    request.setRequestHeader("content-type", "application/octet-stream")
    request.upload.onprogress = ({ loaded }) => change(id, { sent: loaded })
    request.onload = () => {
      if (request.status < 300) {
        change(id, { state: "done", sent: file.size })
        onDone()
      } else {
        change(id, { state: request.status === 409 ? "exists" : "failed", message: problemText(request.responseText) })
      }
    }
    request.onerror = () => change(id, { state: "failed", message: "The service does not answer" })
    request.onabort = () => setAll((some) => some.filter((one) => one.id !== id))
    change(id, { state: "sending", sent: 0 })
    request.send(file)
  }
  const isSending = all.some(({ state }) => state === "sending")
  const next = all.find(({ state }) => state === "queued")
  useEffect(() => {
    if (next !== undefined && !isSending) send(next, false)
  }, [next?.id, isSending])
  useEffect(() => {
    if (!isSending) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener("beforeunload", ask)
    return () => removeEventListener("beforeunload", ask)
  }, [isSending])
  return {
    all,
    add: (files) =>
      setAll((some) => [
        ...some,
        ...files.map((file): Upload => {
          lastId++
          return { id: lastId, file, place: inside(place, file.name), sent: 0, state: "queued" }
        })
      ]),
    replace: (id) => {
      const one = all.find((upload) => upload.id === id)
      if (one !== undefined) send(one, true)
    },
    cancel: (id) => {
      const request = requests.current.get(id)
      if (request !== undefined && request.readyState !== XMLHttpRequest.DONE) request.abort()
      else setAll((some) => some.filter((one) => one.id !== id))
    },
    clear: () => setAll((some) => some.filter(({ state }) => state === "queued" || state === "sending"))
  }
}

const Standing = ({ upload: { message, state } }: { readonly upload: Upload }) => {
  if (state === "done")
    return (
      <StateBadge tone="done" icon="check">
        uploaded
      </StateBadge>
    )
  if (state === "exists")
    return (
      <StateBadge tone="waiting" icon="alert">
        is there already
      </StateBadge>
    )
  if (state === "failed")
    return (
      <StateBadge tone="failed" icon="cross">
        {message ?? "failed"}
      </StateBadge>
    )
  return (
    <StateBadge tone={state === "sending" ? "running" : "quiet"} icon={state === "sending" ? "upload" : "queued"}>
      {state}
    </StateBadge>
  )
}

export const Uploads = ({ uploads }: { readonly uploads: UploadQueue }) => {
  if (uploads.all.length === 0) return null
  const areOver = uploads.all.every(({ state }) => state !== "queued" && state !== "sending")
  return (
    <>
      <ul className={styles.uploads} aria-label="Uploads">
        {uploads.all.map((upload) => (
          <li key={upload.id}>
            <span>
              <code>{visible(upload.file.name)}</code>{" "}
              <span className={styles.muted}>{Amount.bytes(upload.file.size)}</span>
            </span>
            <Standing upload={upload} />
            {upload.state === "exists" ? (
              <Button isDense onPress={() => uploads.replace(upload.id)}>
                Replace it
              </Button>
            ) : (
              <Button isDense look="quiet" onPress={() => uploads.cancel(upload.id)}>
                {upload.state === "sending" || upload.state === "queued" ? "Cancel" : "Dismiss"}
                <span className="sr-only"> {upload.file.name}</span>
              </Button>
            )}
            {upload.state === "sending" ? (
              <Progress
                label={`Upload of ${upload.file.name}`}
                share={upload.file.size === 0 ? undefined : upload.sent / upload.file.size}
                isThin
              />
            ) : null}
          </li>
        ))}
      </ul>
      {areOver ? (
        <span>
          <Button isDense look="quiet" onPress={uploads.clear}>
            Clear the list
          </Button>
        </span>
      ) : (
        <p className={styles.muted}>Keep this page open until the files are sent.</p>
      )}
    </>
  )
}
