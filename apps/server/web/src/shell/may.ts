/** Whether who has signed in may do something: a button says why not, the service refuses it anyway. */
import type { Scope } from "../../../src/api/Callers.ts"
import { useLoaded } from "../api/loaded.ts"
import { session } from "../api/queries.ts"

const words: { readonly [Name in Scope]: string } = {
  read: "look at this",
  run: "start or change tasks",
  storage: "change storage",
  backup: "change repositories",
  mount: "mount",
  admin: "change settings"
}

/** Why not; nothing where it is allowed. */
export const useMay = (scope: Scope): string | undefined => {
  const { role, scopes } = useLoaded(session)
  return scopes.includes(scope) || scopes.includes("admin") ? undefined : `As ${role} you may not ${words[scope]}`
}
