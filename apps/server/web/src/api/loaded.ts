/** Reads what the loader of a route has fetched. */
import { type DefaultError, type QueryKey, type UseQueryOptions, useQuery } from "@tanstack/react-query"

/** Throws where no loader has fetched it: then the screen would show a gap that nobody filled. */
export const useLoaded = <Data, Key extends QueryKey>(
  options: UseQueryOptions<Data, DefaultError, Data, Key>
): Data => {
  const { data, error } = useQuery(options)
  if (data !== undefined) return data
  throw error ?? new Error(`no loader has fetched ${JSON.stringify(options.queryKey)}`)
}
