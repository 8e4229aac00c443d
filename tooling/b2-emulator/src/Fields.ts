/** Typed reading of the fields of a JSON request. A field that is null counts as absent, as in B2. */
import { badRequest } from "./Errors.ts"

export type Fields = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const missing = (name: string) => badRequest(`Missing required field ${name}`)

export const optionalString = (fields: Fields, name: string): string | undefined => {
  const value = fields[name] ?? undefined
  if (value === undefined) return undefined
  if (typeof value !== "string") throw badRequest(`Field ${name} must be a string`)
  if (!value.isWellFormed()) throw badRequest(`Field ${name} is not valid Unicode`)
  return value
}

export const requiredString = (fields: Fields, name: string): string => {
  const value = optionalString(fields, name)
  if (value === undefined) throw missing(name)
  return value
}

export const optionalInteger = (fields: Fields, name: string): number | undefined => {
  const value = fields[name] ?? undefined
  if (value === undefined) return undefined
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    throw badRequest(`Field ${name} must be an integer`)
  }
  return value
}

export const requiredInteger = (fields: Fields, name: string): number => {
  const value = optionalInteger(fields, name)
  if (value === undefined) throw missing(name)
  return value
}

export const optionalBoolean = (fields: Fields, name: string): boolean | undefined => {
  const value = fields[name] ?? undefined
  if (value === undefined) return undefined
  if (typeof value !== "boolean") throw badRequest(`Field ${name} must be true or false`)
  return value
}

export const optionalObject = (fields: Fields, name: string): Fields | undefined => {
  const value = fields[name] ?? undefined
  if (value === undefined) return undefined
  if (!isObject(value)) throw badRequest(`Field ${name} must be an object`)
  return value
}

export const optionalObjects = (fields: Fields, name: string): readonly Fields[] | undefined => {
  const value = fields[name] ?? undefined
  if (value === undefined) return undefined
  if (!Array.isArray(value) || !value.every(isObject)) {
    throw badRequest(`Field ${name} must be a list of objects`)
  }
  return value
}

export const optionalStrings = (fields: Fields, name: string): readonly string[] | undefined => {
  const value = fields[name] ?? undefined
  if (value === undefined) return undefined
  if (!Array.isArray(value) || value.some((item) => typeof item !== "string")) {
    throw badRequest(`Field ${name} must be a list of strings`)
  }
  return value
}

export const optionalStringMap = (fields: Fields, name: string): Record<string, string> | undefined => {
  const value = optionalObject(fields, name)
  if (value === undefined) return undefined
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") throw badRequest(`Field ${name}.${key} must be a string`)
    if (!text.isWellFormed()) throw badRequest(`Field ${name}.${key} is not valid Unicode`)
  }
  return value as Record<string, string>
}
