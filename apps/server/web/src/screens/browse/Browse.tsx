/** Files of a storage or of this machine, in one pane or two. Where one is stands in the address. */
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useState } from "react"
import { useLoaded } from "../../api/loaded.ts"
import { about, remotes } from "../../api/queries.ts"
import { Button, LinkButton } from "../../ui/Button.tsx"
import { Empty } from "../../ui/Empty.tsx"
import { Page } from "../../ui/Page.tsx"
import styles from "./Browse.module.css"
import { Pane } from "./Pane.tsx"
import { VersionsDialog } from "./Versions.tsx"

export const Browse = () => {
  const { at, other, versions } = useSearch({ from: "/signedIn/browse" })
  const navigate = useNavigate({ from: "/browse" })
  const storages = useLoaded(remotes)
  const { roots } = useLoaded(about)
  const [focused, setFocused] = useState<"at" | "other">("at")
  const start = at ?? (storages[0] === undefined ? roots[0] : `${storages[0].name}:`)
  const go = (side: "at" | "other") => (place: string) =>
    void navigate({ search: (before) => ({ ...before, at: start, [side]: place }) })
  const showVersions = (file: string) => void navigate({ search: (before) => ({ ...before, versions: file }) })
  if (start === undefined) {
    return (
      <Page title="Browse">
        <Empty
          icon="storage"
          title="No storage yet"
          actions={<LinkButton to="/storage/~new">Add Storage</LinkButton>}
        />
      </Page>
    )
  }
  const facing = other === undefined ? undefined : { at: other, other: start }
  return (
    <Page
      title="Files"
      crumbs={[{ label: "Storage", link: { to: "/storage" } }]}
      actions={
        <span className={styles.onlyWide}>
          {other === undefined ? (
            <Button
              icon="migrate"
              onPress={() =>
                go("other")(
                  roots[0] !== undefined && !start.startsWith("/") ? roots[0] : `${storages.at(-1)?.name ?? ""}:`
                )
              }
            >
              Two panes
            </Button>
          ) : (
            <Button onPress={() => void navigate({ search: (before) => ({ ...before, other: undefined }) })}>
              One pane
            </Button>
          )}
        </span>
      }
    >
      <div className={facing === undefined ? styles.one : styles.two}>
        <Pane
          label={facing === undefined ? "Files" : "Left pane"}
          place={start}
          facing={facing?.at}
          isFocused={focused === "at"}
          onFocus={() => setFocused("at")}
          onGo={go("at")}
          onVersions={showVersions}
        />
        {facing === undefined ? null : (
          <Pane
            label="Right pane"
            place={facing.at}
            facing={facing.other}
            isFocused={focused === "other"}
            onFocus={() => setFocused("other")}
            onGo={go("other")}
            onVersions={showVersions}
          />
        )}
      </div>
      {versions === undefined ? null : (
        <VersionsDialog
          key={versions}
          file={versions}
          onClose={() => void navigate({ search: (before) => ({ ...before, versions: undefined }) })}
        />
      )}
    </Page>
  )
}
