/** Where a database of Postgres is, and how it is talked to. */

const loopback = new Set(["", "localhost", "127.0.0.1", "::1", "[::1]"])

export interface PostgresPlace {
  /** As it may be shown: without a password. */
  readonly name: string
  /** What is said to it goes encrypted, unless the URL says otherwise or it stays on this machine. */
  readonly mustEncrypt: boolean
  /** The URL says that others may hear it. */
  readonly isHeard: boolean
}

const nowhere: PostgresPlace = { name: "a database of Postgres", mustEncrypt: true, isHeard: false }

/** Of `postgres://user:password@host:port/database?sslmode=…`. */
export const whereOf = (url: string): PostgresPlace => {
  if (!URL.canParse(url)) return nowhere
  const { hostname, pathname, port, searchParams } = new URL(url)
  const host = searchParams.get("host") ?? decodeURIComponent(hostname)
  const isHere = loopback.has(host) || host.startsWith("/")
  const says = searchParams.get("sslmode")
  return {
    name: `postgres://${host}${port === "" ? "" : `:${port}`}${pathname}`,
    mustEncrypt: says === null && !isHere,
    isHeard: !isHere && says !== null && ["disable", "allow", "prefer"].includes(says)
  }
}

export const isUrl = (url: string): boolean => URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol)
