/** The frame that all parts of Settings share. */
import type { ReactNode } from "react"
import { useLoaded } from "../../api/loaded.ts"
import { session } from "../../api/queries.ts"
import { Page } from "../../ui/Page.tsx"
import { Tabs } from "../../ui/Tabs.tsx"

const parts = [
  { label: "General", to: "/settings", isAdmins: false },
  { label: "Tokens", to: "/settings/tokens", isAdmins: false },
  { label: "Users", to: "/settings/users", isAdmins: true },
  { label: "Notifications", to: "/settings/notifications", isAdmins: true },
  { label: "Audit log", to: "/settings/audit", isAdmins: true }
] as const

interface SettingsPageProps {
  readonly part: (typeof parts)[number]["label"]
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export const SettingsPage = ({ actions, children, part }: SettingsPageProps) => {
  const { scopes } = useLoaded(session)
  const shown = parts.filter(({ isAdmins }) => !isAdmins || scopes.includes("admin"))
  return (
    <Page title="Settings" windowTitle={`${part} · Settings`} actions={actions}>
      <Tabs
        label="Parts of Settings"
        tabs={shown.map(({ label, to }) => ({ label, isCurrent: label === part, link: { to } }))}
      />
      {children}
    </Page>
  )
}
