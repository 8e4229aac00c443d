import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import type { OwnRates, RatesAnswer, SettingsAnswer } from "../../../../src/api/settings/SettingsGroup.ts"
import { messageOf, patch, put } from "../../api/call.ts"
import { useLoaded } from "../../api/loaded.ts"
import { about, rates as ratesQuery, session, settings } from "../../api/queries.ts"
import { issuesOf } from "../../forms/OptionValues.ts"
import * as Rates from "../../plan/Rates.ts"
import { useMay } from "../../shell/may.ts"
import * as Theme from "../../theme/Theme.ts"
import { Button } from "../../ui/Button.tsx"
import { SecretField, Select, TextField } from "../../ui/Field.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { Card, Facts, Form, Section } from "../../ui/Page.tsx"
import { visible } from "../../ui/Path.tsx"
import { useSay } from "../../ui/Toasts.tsx"
import { exactly } from "../../words/moments.ts"
import styles from "./Settings.module.css"
import { SettingsPage } from "./SettingsPage.tsx"

const Failed = ({ error }: { readonly error: Error | null }) =>
  error === null ? null : (
    <Notice tone="failed" isUrgent title="Not saved">
      {messageOf(error)}
    </Notice>
  )

const Password = () => {
  const say = useSay()
  const { name } = useLoaded(session)
  const [current, setCurrent] = useState("")
  const [next, setNext] = useState("")
  const save = useMutation({
    mutationFn: () => put("/password", { current, next }),
    onSuccess: () => {
      setCurrent("")
      setNext("")
      say({ text: "Password changed. Other sessions have ended." })
    }
  })
  const not = current === "" || next === "" ? "Fill in both fields" : undefined
  return (
    <Section title={`Password of ${name}`}>
      <Card>
        <Form
          label="Change password"
          onSubmit={() => {
            if (not === undefined) save.mutate()
          }}
          actions={
            <Button type="submit" not={not} isBusy={save.isPending}>
              Change password
            </Button>
          }
        >
          <div className={styles.row}>
            <SecretField
              label="Current password"
              value={current}
              onChange={setCurrent}
              autoComplete="current-password"
              error={issuesOf(save.error).current}
            />
            <SecretField
              label="New password"
              value={next}
              onChange={setNext}
              autoComplete="new-password"
              help="At least 10 characters."
              error={issuesOf(save.error).next}
            />
          </div>
          <Failed error={save.error} />
        </Form>
      </Card>
    </Section>
  )
}

const fields = [
  { name: "runningAtOnce", label: "Tasks at once", help: "Others wait in their turn." },
  { name: "keepFactsDays", label: "Days that logs are kept", help: "Log lines, failed and skipped files." },
  { name: "keepTasksDays", label: "Days that tasks are kept", help: "The list of what ran." }
] as const

const Work = () => {
  const client = useQueryClient()
  const say = useSay()
  const kept = useLoaded(settings)
  const mayNot = useMay("admin")
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({})
  const changes = Object.fromEntries(
    Object.entries(typed).flatMap(([name, text]) => (/^\d+$/.test(text) ? [[name, Number(text)]] : []))
  )
  const save = useMutation({
    mutationFn: () => patch<SettingsAnswer>("/settings", changes),
    onSuccess: (saved) => {
      client.setQueryData(settings.queryKey, saved)
      setTyped({})
      say({ text: "Settings saved" })
    }
  })
  const issues = issuesOf(save.error)
  return (
    <Section title="Tasks">
      <Card>
        <Form
          label="Tasks"
          onSubmit={() => save.mutate()}
          actions={
            <Button
              type="submit"
              isBusy={save.isPending}
              not={mayNot ?? (Object.keys(changes).length === 0 ? "Nothing was changed" : undefined)}
            >
              Save settings
            </Button>
          }
        >
          <div className={styles.row}>
            {fields.map(({ help, label, name }) => (
              <TextField
                key={name}
                label={label}
                type="number"
                help={help}
                value={typed[name] ?? String(kept[name])}
                onChange={(value) => setTyped({ ...typed, [name]: value })}
                error={issues[name]}
              />
            ))}
          </div>
          <Failed error={save.error} />
        </Form>
      </Card>
    </Section>
  )
}

/** Without the digits that a computer makes of it. */
const perTerabyte = ({ storedGBMonth }: Rates.Rates): string => String(Number((storedGBMonth * 1000).toFixed(6)))

const Costs = () => {
  const client = useQueryClient()
  const say = useSay()
  const { own } = useLoaded(ratesQuery)
  const mayNot = useMay("admin")
  const [typed, setTyped] = useState<{ readonly storage?: string; readonly egress?: string }>({})
  const current = own ?? Rates.usual
  const { egress = String(current.fetchedGB), storage = perTerabyte(current) } = typed
  const [one, other] = [Number(storage), Number(egress)]
  const save = useMutation({
    mutationFn: (next: OwnRates | null) => put<RatesAnswer>("/settings/rates", { own: next }),
    onSuccess: (saved) => {
      client.setQueryData(ratesQuery.queryKey, saved)
      setTyped({})
      say({
        text: saved.own === null ? `Costs are by the rates of ${Rates.usual.asOf}` : "Costs are by your own rates"
      })
    }
  })
  const areAmounts = [storage, egress].every((text) => text.trim() !== "" && Number(text) >= 0)
  const not = mayNot ?? (areAmounts ? undefined : "Both are amounts of dollars")
  return (
    <Section title="Rates for costs">
      <Card>
        <Form
          label="Rates"
          onSubmit={() => {
            if (not === undefined) save.mutate({ storedGBMonth: one / 1000, fetchedGB: other })
          }}
          actions={
            <>
              <Button
                type="submit"
                not={not ?? (Object.keys(typed).length === 0 ? "Nothing was changed" : undefined)}
                isBusy={save.isPending}
              >
                Use these rates
              </Button>
              <Button
                look="quiet"
                not={mayNot ?? (own === null ? "They are used" : undefined)}
                onPress={() => save.mutate(null)}
              >
                Rates of {Rates.usual.asOf}
              </Button>
            </>
          }
        >
          <div className={styles.row}>
            <TextField
              label="Dollars a TB and 30 days stored"
              value={storage}
              onChange={(value) => setTyped({ ...typed, storage: value })}
              help={own === null ? `Rates of ${Rates.usual.asOf}; yours may differ.` : `Your own, of ${own.asOf}.`}
            />
            <TextField
              label="Dollars a GB loaded down"
              value={egress}
              onChange={(value) => setTyped({ ...typed, egress: value })}
              help={Rates.freeNote}
            />
          </div>
          <Failed error={save.error} />
        </Form>
      </Card>
    </Section>
  )
}

export const General = () => {
  const { host, isTls, platform, roots, startedAt, version, zone } = useLoaded(about)
  const [theme, setTheme] = useState(Theme.chosen)
  return (
    <SettingsPage part="General">
      <Section title="Look">
        <Card>
          <Select
            label="Theme"
            value={theme}
            onChange={(value) => {
              setTheme(value as Theme.Theme)
              Theme.choose(value as Theme.Theme)
            }}
            options={[
              { value: "system", label: "As the system" },
              { value: "light", label: "Light" },
              { value: "dark", label: "Dark" }
            ]}
          />
        </Card>
      </Section>
      <Password />
      <Work />
      <Costs />
      <Section title="About this service">
        <Card>
          <Facts
            facts={[
              ["Version", version],
              ["Computer", host],
              ["System", platform],
              ["Running since", exactly(startedAt)],
              ["Time zone", zone],
              ["Encrypted on the way", isTls ? "yes, by TLS" : "no: reach it from this computer, or through a proxy"],
              ["Allowed folders", roots.length === 0 ? "none" : roots.map(visible).join(", ")]
            ]}
          />
        </Card>
      </Section>
    </SettingsPage>
  )
}
