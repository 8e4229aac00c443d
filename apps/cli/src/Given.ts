/** What was given on the command line, without what was not. */

type Absent<T> = { [Key in keyof T]: undefined extends T[Key] ? Key : never }[keyof T]

export type Given<T> = { [Key in Exclude<keyof T, Absent<T>>]: T[Key] } & {
  [Key in Absent<T>]?: Exclude<T[Key], undefined>
}

/** The fields that have a value: a request has no field that is `undefined`. */
export const given = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>
