/** Around every screen of somebody who has signed in: the rail, the top bar, what is running, and the keys. */
import { useQueryClient } from "@tanstack/react-query"
import { Link, Outlet, useRouteContext, useRouter } from "@tanstack/react-router"
import { useEffect, useState, useSyncExternalStore } from "react"
import { remove } from "../api/call.ts"
import type { Connection, Live } from "../api/live.ts"
import { useLoaded } from "../api/loaded.ts"
import { about, session } from "../api/queries.ts"
import { Button, IconButton } from "../ui/Button.tsx"
import { Icon, type IconName } from "../ui/Icon.tsx"
import { Menu } from "../ui/Menu.tsx"
import { StateBadge } from "../ui/StateBadge.tsx"
import { Keys } from "./Keys.tsx"
import { InFrame } from "./LoadFailed.tsx"
import { Palette } from "./Palette.tsx"
import { type Place, places } from "./places.ts"
import { useRunning } from "./running.ts"
import styles from "./SignedIn.module.css"
import { SignedOut } from "./SignedOut.tsx"

const useConnection = (live: Live): Connection => useSyncExternalStore(live.subscribe, () => live.connection)

const connections: { readonly [Name in Connection]: { readonly word: string; readonly icon: IconName } } = {
  connecting: { word: "connecting", icon: "clock" },
  live: { word: "live", icon: "check" },
  lost: { word: "connection lost", icon: "alert" }
}

const Badge = ({ place }: { readonly place: Place }) => {
  const { count, hasFailed } = useRunning()
  if (place.to !== "/tasks" || (count === 0 && !hasFailed)) return null
  return (
    <span className={styles.badges}>
      {hasFailed ? <span className={styles.dot} /> : null}
      {count === 0 ? null : <span className={styles.badge}>{count}</span>}
      <span className="sr-only"> {`${count} under way${hasFailed ? ", some failed lately" : ""}`}</span>
    </span>
  )
}

const Rail = () => (
  <nav aria-label="Screens" className={styles.rail}>
    <Link to="/" className={styles.brand}>
      <img src="/icon.svg" alt="" width={26} height={26} />
      OurClone
    </Link>
    {places.map((place) => (
      <Link
        key={place.to}
        to={place.to}
        className={styles.place}
        activeOptions={{ exact: place.to === "/" }}
        activeProps={{ className: styles.current ?? "", "aria-current": "page" }}
      >
        <Icon name={place.icon} />
        {place.label}
        <Badge place={place} />
      </Link>
    ))}
  </nav>
)

const BottomBar = ({ onNew, onMore }: { readonly onNew: () => void; readonly onMore: () => void }) => {
  const link = (place: Place) => (
    <Link
      key={place.to}
      to={place.to}
      className={styles.bottomItem}
      activeOptions={{ exact: place.to === "/" }}
      activeProps={{ className: styles.bottomCurrent ?? "", "aria-current": "page" }}
    >
      <Icon name={place.icon} size={20} />
      <span>{place.label}</span>
      <Badge place={place} />
    </Link>
  )
  const of = (to: Place["to"]) => places.filter((place) => place.to === to)
  return (
    <nav aria-label="Screens" className={styles.bottom}>
      {of("/").map(link)}
      {of("/tasks").map(link)}
      <button type="button" className={styles.bottomItem} onClick={onNew}>
        <Icon name="plus" size={20} />
        <span>New</span>
      </button>
      {of("/storage").map(link)}
      <button type="button" className={styles.bottomItem} onClick={onMore}>
        <Icon name="menu" size={20} />
        <span>More</span>
      </button>
    </nav>
  )
}

const Account = () => {
  const { name, role } = useLoaded(session)
  const router = useRouter()
  const client = useQueryClient()
  const live = useRouteContext({ from: "__root__", select: ({ live }) => live })
  const leave = async (path: string) => {
    await remove(path).catch(() => undefined)
    live.stop()
    client.clear()
    await router.navigate({ to: "/sign-in" })
  }
  return (
    <Menu
      label={`${name}, ${role}`}
      icon="user"
      isIconOnly
      look="quiet"
      items={[
        { label: "Settings", icon: "settings", onPress: () => void router.navigate({ to: "/settings" }) },
        { label: "Sign out", icon: "back", onPress: () => void leave("/session") },
        { label: "Sign out everywhere", icon: "cancel", onPress: () => void leave("/sessions") }
      ]}
    />
  )
}

/** In words what `n` and New lead to. */
export const newItems = [
  { label: "Transfer", icon: "migrate", to: "/migrate" },
  { label: "Backup", icon: "archive", to: "/backup" },
  { label: "Storage", icon: "storage", to: "/storage/~new" },
  { label: "Schedule", icon: "calendar", to: "/schedules/new" },
  { label: "Mount", icon: "mount", to: "/mounts/new" }
] as const

export const SignedIn = () => {
  const router = useRouter()
  const live = useRouteContext({ from: "__root__", select: ({ live }) => live })
  const connection = useConnection(live)
  const { host } = useLoaded(about)
  const [open, setOpen] = useState<"palette" | "new" | "more" | "keys" | undefined>()
  useEffect(() => {
    live.start()
    return live.stop
  }, [live])
  const { icon, word } = connections[connection]
  return (
    <div className={styles.frame}>
      <a href="#screen" className={styles.skip}>
        Skip to the screen
      </a>
      <Rail />
      <header className={styles.top}>
        <Link to="/" className={styles.topBrand} aria-label="OurClone, Overview">
          <img src="/icon.svg" alt="" width={24} height={24} />
        </Link>
        <button type="button" className={styles.search} onClick={() => setOpen("palette")}>
          <Icon name="search" />
          <span>Search or go to</span>
          <kbd>/</kbd>
        </button>
        <span className={styles.gap} />
        <span className={styles.connection} title={`${host}: ${word}`}>
          <StateBadge tone={connection === "live" ? "done" : connection === "lost" ? "failed" : "quiet"} icon={icon}>
            {connection === "live" ? host : word}
          </StateBadge>
        </span>
        <span className={styles.new}>
          <Menu
            label="New"
            icon="plus"
            look="primary"
            items={newItems.map(({ icon, label, to }) => ({
              icon,
              label,
              onPress: () => void router.navigate({ to })
            }))}
          />
        </span>
        <IconButton icon="info" label="Keys and help" onPress={() => setOpen("keys")} />
        <Account />
      </header>
      <main id="screen" className={styles.screen}>
        {connection === "lost" ? (
          <p className={styles.lost} role="status">
            The service does not answer. What is shown is as old as that; tasks go on by themselves.
          </p>
        ) : null}
        <SignedOut />
        <InFrame value={true}>
          <Outlet />
        </InFrame>
      </main>
      <BottomBar onNew={() => setOpen("new")} onMore={() => setOpen("more")} />
      <Palette open={open} onOpen={setOpen} />
      <Keys isShown={open === "keys"} onOpen={setOpen} />
    </div>
  )
}

export const CloseButton = ({ onClose }: { readonly onClose: () => void }) => <Button onPress={onClose}>Back</Button>
