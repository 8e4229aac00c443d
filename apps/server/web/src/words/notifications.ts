/** Ways to be told, and what there is to be told of. */
import type { NotificationType, Occasion } from "../../../src/api/settings/NotificationGroup.ts"

interface TypeWords {
  readonly name: string
  readonly help: string
  /** Of the field for the address; mail has several. */
  readonly address?: { readonly label: string; readonly placeholder: string }
  readonly secret?: { readonly label: string; readonly help: string }
}

export const typeWords: { readonly [Type in NotificationType]: TypeWords } = {
  ntfy: {
    name: "ntfy",
    help: "A message on your phone, through the app ntfy.",
    address: { label: "Address of the topic", placeholder: "https://ntfy.sh/my-topic" },
    secret: { label: "Token", help: "Only for a topic that asks for one." }
  },
  mail: {
    name: "Mail",
    help: "A mail, sent through your own server.",
    secret: { label: "Password", help: "Of that user." }
  },
  webhook: {
    name: "Webhook",
    help: "JSON to an address of yours, signed as Standard Webhooks says.",
    address: { label: "Address", placeholder: "https://example.com/hook" },
    secret: { label: "Secret", help: "It begins with whsec_. Without one nothing is signed." }
  },
  healthchecks: {
    name: "healthchecks.io",
    help: "Each end of a run, to a check that tells you when none came.",
    address: { label: "Address of the check", placeholder: "https://hc-ping.com/…" }
  }
}

export const occasionWords: { readonly [Name in Occasion]: { readonly label: string; readonly short: string } } = {
  failure: { label: "A task or some of its files failed", short: "failures" },
  recovery: { label: "It is well again", short: "recoveries" },
  absence: { label: "A schedule has had no good run", short: "absences" },
  success: { label: "A task is done", short: "good ends" }
}

export const usualOccasions = (type: NotificationType): ReadonlyArray<Occasion> =>
  type === "healthchecks" ? ["failure", "recovery", "success"] : ["failure", "recovery", "absence"]
