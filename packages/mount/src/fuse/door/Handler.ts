/** How a request becomes a reply. A handler asks the file system once or twice and translates; it decides nothing. */
import type { FileSystem, Soon } from "../../contract/FileSystem.ts"
import { isRefused, type Refused } from "../../contract/Refusal.ts"
import type { Buffers } from "../Buffers.ts"
import { errnoOf } from "../Errno.ts"
import type { Header } from "../protocol/KernelRequest.ts"
import type { Body, OperationName } from "../protocol/Operations.ts"
import type { KeptListings } from "./KeptListings.ts"

/** A reply without its header, or the errno to be told. */
export type Reply = Buffer | number

export interface Asked<Fields> extends Header {
  readonly body: Fields
}

export type Handlers<Name extends OperationName = OperationName> = {
  readonly [Each in Name]: (asked: Asked<Body<Each>>, door: DoorContext) => Reply | Promise<Reply>
}

export interface DoorContext {
  readonly fileSystem: FileSystem
  readonly buffers: Buffers
  /** Those that programs have open. */
  readonly handles: Set<number>
  readonly listings: KeptListings
  /** Whether programs may keep small values beside files. */
  readonly keepsAttributes: boolean
}

const errnoFor = (refused: Refused): number => errnoOf[refused.refusal]

/** The reply made of an answer, at once where the answer is there at once. */
export const reply = <A>(answer: Soon<A>, of: (value: A) => Reply | Promise<Reply>): Reply | Promise<Reply> => {
  if (answer instanceof Promise) return answer.then((value) => (isRefused(value) ? errnoFor(value) : of(value)))
  return isRefused(answer) ? errnoFor(answer) : of(answer)
}
