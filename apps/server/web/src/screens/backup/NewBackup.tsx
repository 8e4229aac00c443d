import { useNavigate, useParams } from "@tanstack/react-router"
import { useState } from "react"
import { messageOf } from "../../api/call.ts"
import { useLoaded } from "../../api/loaded.ts"
import { about, repositories } from "../../api/queries.ts"
import { useStartAndShow } from "../../api/start.ts"
import { FoldersField } from "../../places/PlacePicker.tsx"
import { PlanPanel } from "../../plan/PlanPanel.tsx"
import { Spending, useSpending } from "../../plan/Spending.tsx"
import { usePlan } from "../../plan/usePlan.ts"
import { useMay } from "../../shell/may.ts"
import { Button } from "../../ui/Button.tsx"
import { CopyCommand } from "../../ui/CopyButton.tsx"
import { Check, TextArea, TextField } from "../../ui/Field.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Form, Page } from "../../ui/Page.tsx"
import { useSay } from "../../ui/Toasts.tsx"
import { commandLine } from "../../words/commandLine.ts"

const linesOf = (text: string) => text.split("\n").filter((line) => line.trim() !== "")

export const NewBackup = () => {
  const { repository } = useParams({ from: "/signedIn/backup/$repository/new" })
  const navigate = useNavigate()
  const say = useSay()
  const { roots } = useLoaded(about)
  const place = useLoaded(repositories).find(({ name }) => name === repository)?.location ?? repository
  const startAndShow = useStartAndShow()
  const planning = usePlan()
  const mayNot = useMay("run")
  const [paths, setPaths] = useState<ReadonlyArray<string>>([])
  const [exclude, setExclude] = useState("")
  const [tags, setTags] = useState("")
  const [hasCaches, setCaches] = useState(true)
  const [isBusy, setBusy] = useState(false)
  const not = mayNot ?? (paths.length === 0 ? "Choose a folder first" : undefined)
  const tag = tags
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean)
  const patterns = linesOf(exclude)
  const request = {
    repository,
    paths,
    ...(patterns.length === 0 ? {} : { exclude: patterns }),
    ...(tag.length === 0 ? {} : { tag }),
    ...(hasCaches ? { excludeCaches: true } : {}),
    scan: true
  }
  const spending = useSpending(planning.plan, place)
  const start = async () => {
    if (not !== undefined) return
    setBusy(true)
    try {
      await startAndShow({ kind: "backup", request })
    } catch (error) {
      say({ text: messageOf(error), isFailure: true })
    } finally {
      setBusy(false)
    }
  }
  return (
    <Page
      title="New Backup"
      lead={`To ${repository}. The first run uploads everything chosen; later ones only what has changed.`}
      crumbs={[
        { label: "Backup", link: { to: "/backup" } },
        { label: repository, link: { to: "/backup/$repository", params: { repository } } }
      ]}
      isNarrow
    >
      {roots.length === 0 ? (
        <Notice tone="waiting" title="No folder of this computer is allowed">
          The service was started without folders that it may read. Name some when it is started.
        </Notice>
      ) : null}
      <Form
        label="New Backup"
        onSubmit={() => void start()}
        actions={
          <>
            <Button
              icon="eye"
              not={not}
              isBusy={planning.isPlanning}
              onPress={() => planning.ask({ kind: "backup", request: { ...request, items: true } })}
            >
              Preview
            </Button>
            <Button
              icon="calendar"
              not={not}
              onPress={() =>
                void navigate({ to: "/schedules/new", search: { kind: "backup", request: JSON.stringify(request) } })
              }
            >
              Every night at…
            </Button>
            {not === undefined ? <CopyCommand command={commandLine("backup", request)} /> : null}
            <Button type="submit" look="primary" icon="play" not={not} isBusy={isBusy}>
              Start backup
            </Button>
          </>
        }
      >
        <FoldersField
          label="Folders"
          values={paths}
          onChange={setPaths}
          help="Folders of the computer that this service runs on."
        />
        <TextArea
          label="Leave out"
          isOptional
          value={exclude}
          onChange={setExclude}
          placeholder={"*.tmp\nnode_modules"}
          help="One pattern a line."
        />
        <TextField
          label="Tags"
          isOptional
          value={tags}
          onChange={setTags}
          placeholder="work, daily"
          help="With commas between."
        />
        <Check
          label="Leave out caches"
          help="Folders that say of themselves, by a file CACHEDIR.TAG, that they are one."
          isOn={hasCaches}
          onChange={setCaches}
        />
      </Form>
      {planning.plan === undefined ? null : (
        <PlanPanel
          plan={planning.plan}
          isPlanning={planning.isPlanning}
          problem={planning.problem}
          label={{ new: "New", overwrite: "Changed" }}
          notes={<Spending facts={spending} />}
        />
      )}
    </Page>
  )
}
