/** What passwords of repositories are called among secrets. Apart, as whoever keeps them need open none. */
import type { SecretName } from "../kind/JobKind.ts"

/** As `needs` says it. */
export const secretOf = (repository: string): SecretName => `repository:${repository}`
