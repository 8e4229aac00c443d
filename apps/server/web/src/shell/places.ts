/** The screens of the rail, in its order, with the key that follows `g`. */
import type { IconName } from "../ui/Icon.tsx"

export const places = [
  { to: "/", label: "Overview", icon: "overview", key: "o" },
  { to: "/storage", label: "Storage", icon: "storage", key: "s" },
  { to: "/migrate", label: "Migrate", icon: "migrate", key: "m" },
  { to: "/tasks", label: "Tasks", icon: "tasks", key: "t" },
  { to: "/backup", label: "Backup", icon: "archive", key: "b" },
  { to: "/mounts", label: "Mounts", icon: "mount", key: "n" },
  { to: "/schedules", label: "Schedules", icon: "calendar", key: "c" },
  { to: "/settings", label: "Settings", icon: "settings", key: "e" }
] as const satisfies ReadonlyArray<{ to: string; label: string; icon: IconName; key: string }>
export type Place = (typeof places)[number]
