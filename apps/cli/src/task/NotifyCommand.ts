/** `notify`: who is told how tasks end. */

import { randomUUID } from "node:crypto"
import { Remotes } from "@ourclone/core/configuration/Remotes"
import * as Amount from "@ourclone/core/events/Amount"
import { printable } from "@ourclone/core/events/PrintableText"
import * as Sending from "@ourclone/tasks/notify/Sending"
import * as Target from "@ourclone/tasks/notify/Target"
import * as Effect from "effect/Effect"
import * as ExitCode from "../ExitCode.ts"
import * as Output from "../Output.ts"
import * as Journal from "./Journal.ts"
import { surroundings } from "./Surroundings.ts"

const problemsShown = 10

export const list = Effect.gen(function* () {
  const output = yield* Output.make
  const { configurationFile } = yield* Remotes
  const targets = yield* Target.read(configurationFile)
  for (const { name, target } of targets) {
    if (output.isJson) output.json({ name, type: target.type })
    else output.line(`${printable(name)}  ${target.type}`)
  }
  if (targets.length === 0) output.note(`nobody is told; ${configurationFile} has no [notifications.NAME]`)
  const store = yield* Journal.open
  for (const { createdAt, error, target } of yield* store.deliveries.problems(problemsShown)) {
    output.problem(`${printable(target)} was not told at ${Amount.time(createdAt)}: ${printable(error ?? "")}`)
  }
}).pipe(Effect.scoped)

export const test = Effect.fnUntraced(function* (flags: { readonly name: string }) {
  const output = yield* Output.make
  const { configurationFile } = yield* Remotes
  const found = (yield* Target.read(configurationFile)).find(({ name }) => name === flags.name)
  if (found === undefined) {
    const message = `no notification is called "${flags.name}" in ${configurationFile}`
    return yield* new ExitCode.CommandStopped({ code: ExitCode.notFound, message })
  }
  const data = { task: null, kind: null, schedule: null, failed: 0 }
  const message = { occasion: "recovery", title: "A test of OurClone", body: "All is well.", data } as const
  const sent = { id: `msg_${randomUUID()}`, at: Date.now(), message }
  yield* Effect.catch(Sending.send(found.target, sent, yield* surroundings), (error) =>
    Effect.fail(new ExitCode.CommandStopped({ code: ExitCode.failed, message: `${flags.name} was not told: ${error}` }))
  )
  output.note(`${flags.name} was told`)
}, Effect.scoped)
