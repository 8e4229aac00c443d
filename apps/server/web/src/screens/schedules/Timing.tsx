/** When a schedule starts its task: by the clock, when a folder changes, and what becomes of runs that were missed. */
import { useQuery } from "@tanstack/react-query"
import { useId } from "react"
import type { ScheduleAnswer } from "../../../../src/api/schedules/ScheduleGroup.ts"
import { messageOf, post } from "../../api/call.ts"
import { PlaceField } from "../../places/PlacePicker.tsx"
import { Check, Select, TextField } from "../../ui/Field.tsx"
import { exactly } from "../../words/moments.ts"
import { cronOf, cronWords, hoursApart, usualWhen, type When, weekdays, whenOf } from "./cron.ts"
import styles from "./Schedules.module.css"

export interface Timing {
  readonly when: When
  readonly zone: string
  readonly jitterMinutes: string
  readonly catchesUp: boolean
  readonly isWatching: boolean
  readonly watch: string
}

type Told = Pick<ScheduleAnswer, "cron" | "jitterMillis" | "missed" | "watch" | "zone">

export const usualTiming = (zone: string): Timing => ({
  when: usualWhen,
  zone,
  jitterMinutes: "0",
  catchesUp: true,
  isWatching: false,
  watch: ""
})

const minuteMillis = 60_000

export const timingOf = ({ cron, jitterMillis, missed, watch, zone }: Told): Timing => ({
  when: whenOf(cron),
  zone,
  jitterMinutes: String(Number((jitterMillis / minuteMillis).toFixed(3))),
  catchesUp: missed === "once",
  isWatching: watch !== null,
  watch: watch ?? ""
})

export const toldBy = ({ catchesUp, isWatching, jitterMinutes, watch, when, zone }: Timing): Told => ({
  cron: cronOf(when),
  zone,
  jitterMillis: Math.round(Number(jitterMinutes) * minuteMillis),
  missed: catchesUp ? "once" : "skip",
  watch: isWatching ? watch : null
})

interface Due {
  readonly next: ReadonlyArray<number> | undefined
  readonly error: string | undefined
}

const useDue = (cron: string, zone: string): Due => {
  const { data, error } = useQuery({
    queryKey: ["due", cron, zone],
    queryFn: () => post<{ readonly next: ReadonlyArray<number> }>("/schedules/due", { cron, zone }),
    retry: false
  })
  return { next: data?.next, error: error === null ? undefined : messageOf(error) }
}

/** Why the timing can not be saved. */
export const useTimingProblem = ({ isWatching, jitterMinutes, watch, when, zone }: Timing): string | undefined => {
  const { error } = useDue(cronOf(when), zone)
  const jitter = Number(jitterMinutes)
  if (error !== undefined) return "When it is due makes no sense"
  if (jitterMinutes.trim() === "" || !(jitter >= 0 && jitter <= 1440)) return "It begins up to 1,440 minutes later"
  return isWatching && watch === "" ? "Choose the folder that is watched" : undefined
}

interface TimingFieldsProps {
  readonly timing: Timing
  readonly onChange: (timing: Timing) => void
  /** What the folder to watch would be. */
  readonly folder: string | undefined
}

const zones = Intl.supportedValuesOf("timeZone")

const Zone = ({
  error,
  onChange,
  value
}: {
  value: string
  onChange: (zone: string) => void
  error?: string | undefined
}) => {
  const list = useId()
  return (
    <div>
      <TextField label="Time zone" value={value} onChange={onChange} list={list} error={error} />
      <datalist id={list}>
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </div>
  )
}

export const TimingFields = ({ folder, onChange, timing }: TimingFieldsProps) => {
  const { catchesUp, isWatching, jitterMinutes, watch, when, zone } = timing
  const cron = cronOf(when)
  const { error, next } = useDue(cron, zone)
  const set = (some: Partial<Timing>) => onChange({ ...timing, ...some })
  const setWhen = (some: Partial<When>) => set({ when: { ...when, ...some } })
  const isOwn = when.rhythm === "own"
  const isByMinute = when.rhythm === "hourly" || when.rhythm === "hours"
  return (
    <>
      <div className={styles.row}>
        <Select
          label="How often"
          value={when.rhythm}
          onChange={(rhythm) => setWhen({ rhythm: rhythm as When["rhythm"] })}
          options={[
            { value: "hourly", label: "Every hour" },
            { value: "hours", label: "Every few hours" },
            { value: "daily", label: "Every night or day" },
            { value: "weekly", label: "Every week" },
            { value: "monthly", label: "Every month" },
            { value: "own", label: "As cron says" }
          ]}
        />
        {when.rhythm === "hours" ? (
          <Select
            label="Apart"
            value={when.hours}
            onChange={(hours) => setWhen({ hours })}
            options={hoursApart.map((value) => ({ value, label: `${value} hours` }))}
          />
        ) : null}
        {when.rhythm === "weekly" ? (
          <Select
            label="On"
            value={when.weekday}
            onChange={(weekday) => setWhen({ weekday })}
            options={weekdays.map((label, index) => ({ value: String(index), label }))}
          />
        ) : null}
        {isOwn ? (
          <TextField
            label="Cron expression"
            value={when.own}
            isMono
            onChange={(own) => setWhen({ own })}
            error={error}
          />
        ) : isByMinute ? (
          <TextField
            label="Minutes past the hour"
            type="number"
            value={String(Number(when.time.slice(3)))}
            onChange={(minute) => setWhen({ time: `${when.time.slice(0, 3)}${minute.slice(-2).padStart(2, "0")}` })}
            error={error}
          />
        ) : (
          <TextField label="At" type="time" value={when.time} onChange={(time) => setWhen({ time })} />
        )}
        <Zone value={zone} onChange={(some) => set({ zone: some })} error={isOwn || isByMinute ? undefined : error} />
        <TextField
          label="Minutes later at most"
          type="number"
          value={jitterMinutes}
          onChange={(some) => set({ jitterMinutes: some })}
          help="Always as many, so that schedules of one time do not begin together."
        />
      </div>
      <p className={styles.muted} aria-live="polite">
        {next === undefined ? " " : `Next: ${next.map(exactly).join(", ")} (${cronWords(cron)})`}
      </p>
      <Check
        label="Run once if it was missed"
        help="When this computer slept or was off at that time."
        isOn={catchesUp}
        onChange={(isOn) => set({ catchesUp: isOn })}
      />
      <Check
        label="Also when a folder changes"
        help="Once it has kept still for 10 seconds. What watching misses, such as while this computer is off, the next planned run finds."
        isOn={isWatching}
        onChange={(isOn) => set({ isWatching: isOn, watch: watch === "" ? (folder ?? "") : watch })}
      />
      {isWatching ? (
        <PlaceField
          label="Folder that is watched"
          value={watch}
          onChange={(place) => set({ watch: place })}
          from="local"
          placeholder="/home/ann/Documents"
        />
      ) : null}
    </>
  )
}
