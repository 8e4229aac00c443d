/** Where the emulator is reached: at one address for everything, or at one for each kind of call, as B2 is. */
import { ApiError } from "./Errors.ts"

export const roles = ["authorize", "api", "upload", "download"] as const

export type Role = (typeof roles)[number]

export interface Addresses {
  readonly scheme: "http" | "https"
  /** Undefined when all calls go to one port. */
  readonly ports: Readonly<Record<Role, number>> | undefined
  /** Of the S3-compatible side; undefined when it is switched off. */
  readonly s3Port?: number | undefined
}

const portAtEnd = /:\d+$/

/** `host` is what the client called this server; no slash at the end. */
export const addressOf = ({ ports, scheme }: Addresses, host: string | undefined, role: Role): string => {
  const name = host ?? "127.0.0.1"
  return `${scheme}://${ports === undefined ? name : `${name.replace(portAtEnd, "")}:${ports[role]}`}`
}

/** Where the S3-compatible side is; undefined when it is switched off. */
export const s3AddressOf = ({ s3Port, scheme }: Addresses, host: string | undefined): string | undefined =>
  s3Port === undefined ? undefined : `${scheme}://${(host ?? "127.0.0.1").replace(portAtEnd, "")}:${s3Port}`

export const roleOf = (operation: string): Role => {
  if (operation === "b2_authorize_account") return "authorize"
  if (operation === "b2_upload_file" || operation === "b2_upload_part") return "upload"
  return operation.startsWith("b2_download_file_by_") ? "download" : "api"
}

/** Fails with 421 when `operation` came to another address than the one that was given for it. */
export const checkRole = (operation: string, role: Role | undefined): void => {
  if (role === undefined || role === roleOf(operation)) return
  throw new ApiError(421, "misdirected_request", `${operation} is not served at the address for ${role}`)
}
