import { useQuery } from "@tanstack/react-query"
import { useParams, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { messageOf } from "../../api/call.ts"
import { useLoaded } from "../../api/loaded.ts"
import { about } from "../../api/queries.ts"
import { useStartAndShow } from "../../api/start.ts"
import { PlaceField } from "../../places/PlacePicker.tsx"
import { PlanPanel } from "../../plan/PlanPanel.tsx"
import { Spending, useSpending } from "../../plan/Spending.tsx"
import { usePlan } from "../../plan/usePlan.ts"
import { useMay } from "../../shell/may.ts"
import { Button, DownloadButton } from "../../ui/Button.tsx"
import { Check, Choices } from "../../ui/Field.tsx"
import { Form, Page, Section } from "../../ui/Page.tsx"
import { visible } from "../../ui/Path.tsx"
import { useSay } from "../../ui/Toasts.tsx"
import styles from "./Backup.module.css"
import { SnapshotLine } from "./SnapshotLine.tsx"
import { shortId } from "./SnapshotList.tsx"
import { folderOf, snapshotIn } from "./snapshotNodes.ts"
import { literal, whereTheyWere } from "./whereTheyWere.ts"
import { zipAddress } from "./zip.ts"

type Where = "folder" | "original"
type Overwrite = "keep-both" | "if-changed" | "never"

const shownSelected = 12

export const Restore = () => {
  const { repository, snapshot } = useParams({ from: "/signedIn/backup/$repository/$snapshot/restore" })
  const { select = [] } = useSearch({ from: "/signedIn/backup/$repository/$snapshot/restore" })
  const { data } = useQuery(folderOf(repository, snapshot, "/"))
  const { roots } = useLoaded(about)
  const say = useSay()
  const startAndShow = useStartAndShow()
  const planning = usePlan()
  const mayNot = useMay("run")
  const [where, setWhere] = useState<Where>("folder")
  const [folder, setFolder] = useState("")
  const [overwrite, setOverwrite] = useState<Overwrite>("keep-both")
  const [verifies, setVerifies] = useState(true)
  const [isBusy, setBusy] = useState(false)
  const shown = snapshotIn(data?.rows ?? [])
  const aim =
    where === "original"
      ? whereTheyWere(select.length === 0 ? (shown?.paths ?? []) : select, roots)
      : { folder: "", target: folder, include: select.map(literal) }
  const not =
    mayNot ??
    (aim.target === ""
      ? where === "original"
        ? "The snapshot is still being read"
        : "Choose a folder first"
      : undefined)
  const request = {
    repository,
    snapshot: aim.folder === "" ? snapshot : `${snapshot}:${aim.folder}`,
    target: aim.target,
    overwrite,
    ...(verifies ? { verify: true } : {}),
    ...(aim.include.length === 0 ? {} : { include: aim.include })
  }
  const change =
    <Value,>(set: (value: Value) => void) =>
    (value: Value) => {
      planning.drop()
      set(value)
    }
  const start = async () => {
    setBusy(true)
    try {
      await startAndShow({ kind: "restore", request: { ...request, items: true } })
    } catch (error) {
      say({ text: messageOf(error), isFailure: true })
    } finally {
      setBusy(false)
    }
  }
  const spending = useSpending(planning.plan, aim.target)
  const isReady = planning.plan?.outcome === "done" && !planning.isPlanning
  const zip = zipAddress(repository, snapshot, select)
  return (
    <Page
      title={select.length === 0 ? "Restore all of it" : `Restore ${select.length} selected`}
      crumbs={[
        { label: "Backup", link: { to: "/backup" } },
        { label: repository, link: { to: "/backup/$repository", params: { repository } } },
        { label: shortId(snapshot), link: { to: "/backup/$repository/$snapshot", params: { repository, snapshot } } }
      ]}
      isNarrow
      actions={
        zip === undefined ? null : (
          <DownloadButton address={zip} name={`${shortId(snapshot)}.zip`}>
            Download as ZIP instead
          </DownloadButton>
        )
      }
    >
      <SnapshotLine snapshot={shown} />
      {select.length === 0 ? null : (
        <Section title="Selected">
          <ul className={styles.selected}>
            {select.slice(0, shownSelected).map((path) => (
              <li key={path}>
                <code>{visible(path)}</code>
              </li>
            ))}
            {select.length > shownSelected ? (
              <li className={styles.muted}>and {select.length - shownSelected} more</li>
            ) : null}
          </ul>
        </Section>
      )}
      <Form
        label="Restore"
        onSubmit={() => {
          if (not === undefined) planning.ask({ kind: "restore", request: { ...request, items: true } })
        }}
        actions={
          <>
            <Button
              type="submit"
              icon="eye"
              look={isReady ? "plain" : "primary"}
              not={not}
              isBusy={planning.isPlanning}
            >
              Preview
            </Button>
            <Button
              icon="play"
              look={isReady ? "primary" : "plain"}
              isBusy={isBusy}
              not={not ?? (isReady ? undefined : "Preview it first")}
              onPress={() => void start()}
            >
              Start restore
            </Button>
          </>
        }
      >
        <Choices
          legend="Where to"
          value={where}
          onChange={change(setWhere)}
          choices={[
            { value: "folder", label: "Another folder", help: "Below it the files lie as in the snapshot." },
            {
              value: "original",
              label: "Where they were",
              help:
                where === "original" && aim.target !== ""
                  ? `Into ${aim.target}.`
                  : "On this computer, at their own paths."
            }
          ]}
        />
        {where === "folder" ? (
          <PlaceField
            label="Folder"
            value={folder}
            onChange={change(setFolder)}
            from="local"
            placeholder="/home/ann/restored"
            help="It is made if it is not there."
          />
        ) : null}
        <Choices
          legend="If a file is there already"
          value={overwrite}
          onChange={change(setOverwrite)}
          choices={[
            {
              value: "keep-both",
              label: "Keep both",
              help: `What differs is restored beside it, as notes (snapshot ${shortId(shown?.id ?? snapshot)}).txt.`
            },
            { value: "if-changed", label: "Replace if different", help: "What is the same is left alone." },
            { value: "never", label: "Skip", help: "Nothing that is there is touched." }
          ]}
        />
        <Check
          label="Read every file once more and compare it"
          help="Takes longer, and proves it."
          isOn={verifies}
          onChange={change(setVerifies)}
        />
      </Form>
      {planning.plan === undefined ? null : (
        <PlanPanel
          plan={planning.plan}
          isPlanning={planning.isPlanning}
          problem={planning.problem}
          label={{ new: "Restore", overwrite: "Replace", delete: "Remove" }}
          notes={<Spending facts={spending} />}
        />
      )}
    </Page>
  )
}
