/** A transfer as a form: from where, to where, in which mode. The plan comes before the start. */
import * as SchemaField from "@ourclone/core/contract/SchemaField"
import type { Failure } from "@ourclone/core/events/Failure"
import { copied, removing, transferring } from "@ourclone/jobs/transfer/TransferFields"
import type * as Schema from "effect/Schema"
import type { World } from "../../command/World.ts"
import * as Places from "../../words/Places.ts"
import { blamePlace } from "../form/Blame.ts"
import * as Field from "../form/Field.ts"
import { form } from "../form/Form.ts"
import { plan } from "./Plan.ts"

export const modes = {
  copy: "Copy duplicates files and leaves the source as it is.",
  move: "Move copies, and removes each file at the source once it is safe at the destination.",
  sync: "Sync also deletes at the destination what the source lacks."
} as const
export type Mode = keyof typeof modes

const optional = {
  exclude: transferring.exclude,
  include: transferring.include,
  bwlimit: transferring.bwlimit,
  transfers: transferring.transfers,
  checksum: transferring.checksum,
  maxDelete: removing.maxDelete,
  allowEmptySource: removing.allowEmptySource
}
const described = Object.entries(optional).map(([name, schema]) => SchemaField.describe(name, schema))

const labels: { readonly [name: string]: string } = {
  bwlimit: "Bytes a second",
  transfers: "Files at once",
  checksum: "By checksum",
  maxDelete: "Remove at most",
  allowEmptySource: "Source may be empty"
}

const onlySync = new Set(["maxDelete", "allowEmptySource"])

/** The request of what was typed; fields that mean nothing in this mode are left out. */
export const requestOf = (values: Field.Values, { directory, home }: World): Schema.Json => {
  const request: Record<string, Schema.Json> = {
    source: Places.absolute(values["source"] ?? "", home, directory),
    destination: Places.absolute(values["destination"] ?? "", home, directory)
  }
  for (const { kind, name } of described) {
    const value = Field.readAs(kind, values[name] ?? "")
    if (value !== undefined && (values["mode"] === "sync" || !onlySync.has(name))) request[name] = value as Schema.Json
  }
  return request
}

/** The side that is not there, or names no storage; else what the failure names itself. */
const blame = (request: Schema.Json, failure: Failure): string | undefined => {
  const { destination, source } = request as { readonly source: string; readonly destination: string }
  if (failure.remedy?.code === "allowEmptySource") return "source"
  return blamePlace(failure, { source, destination }) ?? (failure.code === "InvalidJob" ? failure.item : undefined)
}

export interface Beginning {
  readonly source?: string
  readonly destination?: string
  readonly mode?: Mode
}

export const migrate = ({ home, kept }: World, given: Beginning = {}) => {
  const last = (typeof kept["migrate"] === "object" && kept["migrate"] !== null ? kept["migrate"] : {}) as Beginning
  const { destination = "", mode = "copy", source = "" } = { ...last, ...given }
  const source_ = SchemaField.describe("source", copied.source)
  const destination_ = SchemaField.describe("destination", copied.destination)
  return form({
    title: "Migrate",
    isRoot: true,
    says: Object.values(modes),
    fields: [
      Field.ofSchema(source_, Places.short(source, home), "From"),
      Field.ofSchema(destination_, Places.short(destination, home), "To"),
      Field.text("mode", "Mode", "What becomes of what is at the destination, or at the source", {
        options: Object.keys(modes),
        isRequired: true,
        value: mode
      }),
      ...described.map((field) => Field.ofSchema(field, "", labels[field.name]))
    ],
    submitLabel: "Preview",
    blame: (failure, values, world) => blame(requestOf(values, world), failure),
    submit: (values, world) => {
      const request = requestOf(values, world)
      const mode = values["mode"] ?? "copy"
      const keeps = { source: values["source"] ?? "", destination: values["destination"] ?? "", mode }
      const { asks = [], ...step } = plan<never>(mode, request, (failure) => blame(request, failure) !== undefined)
      return { ...step, asks: [...asks, { _tag: "Keep", name: "migrate", value: keeps }] }
    }
  })
}
