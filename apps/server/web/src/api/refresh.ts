/** Asks again for what a deed has changed. */
import type { QueryClient, QueryKey } from "@tanstack/react-query"

/** An answer that is still on its way is from before the deed: it is not waited for. */
export const refresh = async (client: QueryClient, queryKey: QueryKey): Promise<void> => {
  await client.cancelQueries({ queryKey })
  await client.invalidateQueries({ queryKey })
}
