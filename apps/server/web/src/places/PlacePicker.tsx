/** Chooses a folder of a storage or of the service's machine, by clicking or by typing. */
import { useQuery } from "@tanstack/react-query"
import { type ReactNode, useId, useState } from "react"
import { messageOf } from "../api/call.ts"
import { remotes } from "../api/queries.ts"
import { Button } from "../ui/Button.tsx"
import { Dialog } from "../ui/Dialog.tsx"
import { TextField } from "../ui/Field.tsx"
import { Icon } from "../ui/Icon.tsx"
import { Notice } from "../ui/Notice.tsx"
import { visible } from "../ui/Path.tsx"
import { above, partsOf } from "../words/placeText.ts"
import { localTop, useListing } from "./listing.ts"
import styles from "./PlacePicker.module.css"

interface PickerProps {
  readonly title: string
  readonly start: string
  /** Which places there are to choose from. */
  readonly from: "all" | "local" | "storage"
  readonly onChoose: (place: string) => void
  readonly onClose: () => void
}

const Picker = ({ from, onChoose, onClose, start, title }: PickerProps) => {
  const { data: storages = [] } = useQuery(remotes)
  const tops = [
    ...(from === "storage" ? [] : [{ place: localTop, label: "This computer", icon: "laptop" as const }]),
    ...(from === "local"
      ? []
      : storages.map(({ name }) => ({ place: `${name}:`, label: name, icon: "storage" as const })))
  ]
  const [at, setAt] = useState(start === "" ? (tops[0]?.place ?? localTop) : start)
  const { data, error, isFetching } = useListing(at)
  const top = at.startsWith("/") || at === localTop ? localTop : `${partsOf(at).storage}:`
  const up = above(at) ?? (at === localTop || !at.startsWith("/") ? undefined : localTop)
  const shown = (data?.items ?? []).filter(({ kind }) => kind === "folder")
  const not = at === localTop ? "Choose a folder first" : undefined
  return (
    <Dialog
      title={title}
      width="wide"
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Back</Button>
          <Button look="primary" not={not} onPress={() => onChoose(at)}>
            Choose this folder
          </Button>
        </>
      }
    >
      <div className={styles.picker}>
        <ul className={styles.tops} aria-label="Storage">
          {tops.map(({ icon, label, place }) => (
            <li key={place}>
              <button type="button" className={styles.top} aria-pressed={top === place} onClick={() => setAt(place)}>
                <Icon name={icon} />
                <span>{label}</span>
              </button>
            </li>
          ))}
        </ul>
        <div className={styles.inside}>
          <TextField label="Folder" value={at} onChange={setAt} isMono />
          {error === null ? null : (
            <Notice tone="failed" title="This could not be listed">
              {messageOf(error)}
            </Notice>
          )}
          <ul className={styles.folders} aria-label="Folders" aria-busy={isFetching}>
            {up === undefined ? null : (
              <li>
                <button type="button" className={styles.folder} onClick={() => setAt(up)}>
                  <Icon name="back" />
                  <span>Up</span>
                </button>
              </li>
            )}
            {shown.map(({ name, place }) => (
              <li key={place}>
                <button type="button" className={styles.folder} onClick={() => setAt(place)}>
                  <Icon name="folder" />
                  <span>{visible(name)}</span>
                </button>
              </li>
            ))}
          </ul>
          {data !== undefined && shown.length === 0 && error === null ? (
            <p className={styles.none}>No folders in here. A new one is made when its name is typed above.</p>
          ) : null}
        </div>
      </div>
    </Dialog>
  )
}

interface PlaceFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (place: string) => void
  readonly from: PickerProps["from"]
  readonly help?: ReactNode
  readonly error?: string | undefined
  readonly placeholder?: string
}

/** A place that is typed or picked. */
export const PlaceField = ({ from, onChange, value, ...field }: PlaceFieldProps) => {
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  return (
    <div id={id}>
      <TextField
        {...field}
        value={value}
        onChange={onChange}
        isMono
        suffix={
          <Button icon="folder" onPress={() => setOpen(true)}>
            Choose
          </Button>
        }
      />
      {isOpen ? (
        <Picker
          title={`Choose ${field.label.toLowerCase()}`}
          start={value}
          from={from}
          onClose={() => setOpen(false)}
          onChoose={(place) => {
            setOpen(false)
            onChange(place)
          }}
        />
      ) : null}
    </div>
  )
}

interface PlacesFieldProps {
  readonly label: string
  readonly values: ReadonlyArray<string>
  readonly onChange: (places: ReadonlyArray<string>) => void
  readonly help?: string
}

/** Any number of folders of the service's machine. */
export const FoldersField = ({ help, label, onChange, values }: PlacesFieldProps) => {
  const [isOpen, setOpen] = useState(false)
  const [typed, setTyped] = useState("")
  const add = (place: string) => {
    if (place !== "" && !values.includes(place)) onChange([...values, place])
    setTyped("")
    setOpen(false)
  }
  return (
    <fieldset className={styles.set}>
      <legend>{label}</legend>
      {help === undefined ? null : <p className={styles.none}>{help}</p>}
      {values.length === 0 ? null : (
        <ul className={styles.chosen}>
          {values.map((place) => (
            <li key={place}>
              <Icon name="folder" />
              <code>{visible(place)}</code>
              <Button isDense look="quiet" onPress={() => onChange(values.filter((one) => one !== place))}>
                Remove<span className="sr-only"> {place}</span>
              </Button>
            </li>
          ))}
        </ul>
      )}
      <TextField
        label="Folder to add"
        value={typed}
        onChange={setTyped}
        isMono
        placeholder="/home/ann/Documents"
        suffix={
          <>
            <Button not={typed === "" ? "Type a folder, or choose one" : undefined} onPress={() => add(typed)}>
              Add
            </Button>
            <Button icon="folder" onPress={() => setOpen(true)}>
              Choose
            </Button>
          </>
        }
      />
      {isOpen ? (
        <Picker title="Choose a folder" start="" from="local" onClose={() => setOpen(false)} onChoose={add} />
      ) : null}
    </fieldset>
  )
}
