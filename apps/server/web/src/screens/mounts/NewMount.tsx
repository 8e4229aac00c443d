import { useQuery } from "@tanstack/react-query"
import { useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { messageOf, post } from "../../api/call.ts"
import { rows } from "../../api/queries.ts"
import { useStartAndShow } from "../../api/start.ts"
import { PlaceField } from "../../places/PlacePicker.tsx"
import { useMay } from "../../shell/may.ts"
import { Button } from "../../ui/Button.tsx"
import { Check } from "../../ui/Field.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Form, Page } from "../../ui/Page.tsx"
import { useStill } from "../../ui/still.ts"

/** Of a folder that can be mounted on, by how much is in it as far as that is known. */
const pointWords = (entries: number | undefined): string => {
  if (entries === undefined) return "An empty folder of the computer that this service runs on."
  return entries === 0
    ? "It is empty and can be used."
    : "It is not empty: what is in it can not be seen as long as it is mounted on."
}

export const NewMount = () => {
  const { place = "" } = useSearch({ from: "/signedIn/mounts/new" })
  const startAndShow = useStartAndShow()
  const [mayNotMount, mayNotRun] = [useMay("mount"), useMay("run")]
  const mayNot = mayNotMount ?? mayNotRun
  const [path, setPath] = useState(place)
  const [point, setPoint] = useState("")
  const [isReadOnly, setReadOnly] = useState(false)
  const [hides, setHides] = useState(false)
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const request = {
    path,
    point,
    ...(isReadOnly ? { readOnly: true } : {}),
    ...(hides ? { allowNonEmpty: true } : {})
  }
  const still = useStill(JSON.stringify(request))
  const isGiven = path !== "" && point !== ""
  const check = useQuery({
    queryKey: ["check", "mount", still],
    queryFn: async ({ signal }) => {
      await post("/checks", { kind: "mount", request: JSON.parse(still) }, signal)
      return true
    },
    enabled: isGiven && mayNot === undefined,
    retry: false
  })
  const isChecked = still === JSON.stringify(request) && !check.isFetching
  const inside = useQuery({
    ...rows("list", { path: point, maxDepth: 1 }, 1),
    enabled: isGiven && isChecked && check.isSuccess
  })
  const refusal = isGiven && check.error !== null ? messageOf(check.error) : undefined
  const not =
    mayNot ??
    (path === "" ? "Choose what to mount" : point === "" ? "Choose a folder for it" : isChecked ? refusal : undefined)
  const start = async () => {
    if (not !== undefined) return
    setBusy(true)
    setProblem(undefined)
    try {
      await startAndShow({ kind: "mount", request })
    } catch (error) {
      setProblem(messageOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Page
      title="New mount"
      lead="It is a task: it goes on when this page is closed, and ends when it is unmounted."
      crumbs={[{ label: "Mounts", link: { to: "/mounts" } }]}
      isNarrow
    >
      <Form
        label="New mount"
        onSubmit={() => void start()}
        actions={
          <Button type="submit" look="primary" icon="mount" not={not} isBusy={isBusy}>
            Start mount
          </Button>
        }
      >
        <PlaceField label="What" value={path} onChange={setPath} from="all" placeholder="photos:my-bucket" />
        <PlaceField
          label="Folder it appears in"
          value={point}
          onChange={setPoint}
          from="local"
          placeholder="/home/ann/photos"
          help={pointWords(isGiven && isChecked && check.isSuccess ? inside.data?.rows.length : undefined)}
          error={isChecked ? refusal : undefined}
        />
        <Check label="Read only" help="Nothing can be changed through it." isOn={isReadOnly} onChange={setReadOnly} />
        <Check
          label="Use a folder that is not empty"
          help="Its own files are seen again after unmounting."
          isOn={hides}
          onChange={setHides}
        />
        {problem === undefined ? null : (
          <Notice tone="failed" isUrgent title="Not mounted">
            {problem}
          </Notice>
        )}
      </Form>
    </Page>
  )
}
