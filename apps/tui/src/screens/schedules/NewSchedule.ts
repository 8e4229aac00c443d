/** When something begins by itself, as a form. */
import { isAbsolute } from "node:path"
import { parse } from "@ourclone/tasks/schedule/When"
import { plain } from "@ourclone/tasks/task/Schedule"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as Places from "../../words/Places.ts"
import * as TaskTitle from "../../words/TaskTitle.ts"
import { blameName } from "../form/Blame.ts"
import * as Field from "../form/Field.ts"
import { form } from "../form/Form.ts"

export const newSchedule = (kind: string, request: Schema.Json, home: string) =>
  form({
    title: "Save as schedule",
    says: [TaskTitle.of({ kind, request }, home)],
    fields: [
      Field.text("name", "Name", "What it is called: every night", { isRequired: true }),
      Field.text("cron", "When", "Minute, hour, day, month, weekday: 30 2 * * *; or @hourly, @daily, @weekly", {
        isRequired: true,
        value: "@daily"
      }),
      Field.text("zone", "Time zone", "Whose clock", {
        isRequired: true,
        value: Intl.DateTimeFormat().resolvedOptions().timeZone
      }),
      Field.text("missed", "If missed", "What becomes of a run while the machine was off", {
        options: ["once", "skip"],
        value: "once",
        isRequired: true
      }),
      Field.text("watch", "Also after changes", "A folder: it also runs soon after something in there has changed")
    ],
    submitLabel: "Save",
    blame: blameName,
    submit: ({ cron = "", missed = "once", name = "", watch = "", zone = "" }, { directory, home }) => {
      const when = parse({ cron, zone })
      if (Result.isFailure(when)) return { errors: { [when.failure.field]: when.failure.message } }
      const folder = watch.trim() === "" ? null : Places.absolute(watch, home, directory)
      if (folder !== null && !isAbsolute(folder)) {
        return { errors: { watch: "must be a folder of the computer itself: ~/Pictures" } }
      }
      const plan = {
        ...plain,
        name,
        kind,
        request,
        cron,
        zone,
        missed: missed === "skip" ? ("skip" as const) : ("once" as const),
        watch: folder
      }
      return { asks: [{ _tag: "AddSchedule", tag: "add", plan }] }
    },
    done: (answer) => (answer._tag === "Said" ? { close: true, notice: answer.says } : undefined)
  })
