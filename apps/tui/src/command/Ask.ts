/** What a screen asks for, as values: the program alone does it, so that a screen is tested without one. */
import type { OptionField } from "@ourclone/core/contract/OptionField"
import type { Envelope } from "@ourclone/core/events/Envelope"
import type { Failure } from "@ourclone/core/events/Failure"
import type { Cause, Outcome } from "@ourclone/tasks/store/TaskStore"
import type { Plan } from "@ourclone/tasks/task/Schedule"
import type { Task } from "@ourclone/tasks/task/Task"
import type * as Schema from "effect/Schema"

export type Wanted = "Pause" | "Resume" | "Cancel" | "Again"

/** A kind of storage, and what is to be said to add one. */
export interface StorageType {
  readonly type: string
  readonly description: string
  readonly options: ReadonlyArray<OptionField>
}

export type OptionTexts = { readonly [option: string]: string | number | boolean }

/** `tag` tells the answers to several asks of one screen apart; asked again, the earlier one ends. */
export type Ask =
  | {
      readonly _tag: "Rows"
      readonly tag: string
      readonly type: string
      readonly request: Schema.Json
      readonly most?: number
    }
  | { readonly _tag: "Preview"; readonly tag: string; readonly kind: string; readonly request: Schema.Json }
  | {
      readonly _tag: "Start"
      readonly tag: string
      readonly kind: string
      readonly request: Schema.Json
      /** Whether the task is shown then; else it is only said that it has begun. */
      readonly isShown: boolean
      /** Answered only once the task is under way; what it fails with before is the failure of this, so that a form says it at its field. */
      readonly isTried?: true
    }
  | { readonly _tag: "Wish"; readonly id: string; readonly wish: Wanted }
  | { readonly _tag: "Details"; readonly tag: string; readonly id: string; readonly after: number }
  | { readonly _tag: "Outcomes"; readonly tag: string; readonly id: string; readonly code: string }
  /** Answered when the task has ended, or needs somebody. */
  | { readonly _tag: "Wait"; readonly tag: string; readonly id: string }
  | { readonly _tag: "Types"; readonly tag: string }
  /** At storages, repositories and schedules. */
  | { readonly _tag: "LookAgain" }
  | {
      readonly _tag: "AddStorage"
      readonly tag: string
      readonly name: string
      readonly type: string
      readonly options: OptionTexts
    }
  | { readonly _tag: "RemoveStorage"; readonly tag: string; readonly name: string }
  | { readonly _tag: "TestStorage"; readonly tag: string; readonly name: string }
  /** Made, where it is new, else looked at; called by its name, where it gets one, only if that went well. */
  | {
      readonly _tag: "AddRepository"
      readonly tag: string
      readonly name: string
      readonly location: string
      readonly isNew: boolean
    }
  | { readonly _tag: "AddSchedule"; readonly tag: string; readonly plan: Plan }
  | { readonly _tag: "ChangeSchedule"; readonly tag: string; readonly id: string; readonly isOn: boolean }
  /** Its task is shown. */
  | { readonly _tag: "RunSchedule"; readonly id: string }
  | { readonly _tag: "RemoveSchedule"; readonly tag: string; readonly id: string }
  /** Kept until the program ends, for whatever asks for it. */
  | { readonly _tag: "Secret"; readonly name: string; readonly value: string }
  | { readonly _tag: "Copy"; readonly text: string }
  | { readonly _tag: "Keep"; readonly name: string; readonly value: Schema.Json }
  | { readonly _tag: "Suspend" }
  | { readonly _tag: "Quit"; readonly code: number }

export type Answer =
  | { readonly _tag: "Rows"; readonly tag: string; readonly rows: ReadonlyArray<unknown> }
  | { readonly _tag: "Events"; readonly tag: string; readonly events: ReadonlyArray<Envelope> }
  | { readonly _tag: "Started"; readonly tag: string; readonly task: Task }
  | {
      readonly _tag: "Details"
      readonly tag: string
      readonly task: Task
      readonly facts: ReadonlyArray<Envelope>
      readonly causes: ReadonlyArray<Cause>
    }
  | { readonly _tag: "Outcomes"; readonly tag: string; readonly outcomes: ReadonlyArray<Outcome> }
  | { readonly _tag: "Types"; readonly tag: string; readonly types: ReadonlyArray<StorageType> }
  | { readonly _tag: "Said"; readonly tag: string; readonly says: string }
  /** Everything that was asked for has come; `isCut` where there is more than was asked for. */
  | { readonly _tag: "End"; readonly tag: string; readonly isCut: boolean }
  | { readonly _tag: "Failed"; readonly tag: string; readonly failure: Failure }
