/**
 * When the content of an object was changed, in its metadata: `mtime` in seconds as rclone keeps it, and the notes of
 * other tools.
 */

/** Beside this many seconds lies no time that a Date can hold. */
const mostSeconds = 8_640_000_000_000

/** rclone's: seconds with up to nine decimals, zeros at the end cut. Parsed as text, since nanoseconds outgrow a number. */
const seconds = (text: string | undefined): number | undefined => {
  const [, sign, whole, fraction = ""] = /^([+-]?)(\d{1,13})(?:\.(\d{0,18}))?$/.exec(text ?? "") ?? []
  if (whole === undefined || Number(whole) > mostSeconds) return undefined
  const digits = fraction.padEnd(3, "0")
  const rest = digits.slice(3)
  const millis = Number(whole) * 1000 + Number(digits.slice(0, 3))
  // Time is cut towards the past, whichever side of 1970.
  return sign === "-" ? -millis - (/[1-9]/.test(rest) ? 1 : 0) : millis
}

export const toSeconds = (modifiedAt: number): string => {
  const sign = modifiedAt < 0 ? "-" : ""
  const millis = Math.abs(modifiedAt)
  const whole = String(Math.floor(millis / 1000)).padStart(10, "0")
  const fraction = String(millis % 1000)
    .padStart(3, "0")
    .replace(/0+$/, "")
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`
}

const ofS3cmd = (attributes: string | undefined): number | undefined =>
  seconds(
    attributes
      ?.split("/")
      .find((each) => each.startsWith("mtime:"))
      ?.slice("mtime:".length)
  )

const ofB2 = (text: string | undefined): number | undefined =>
  text !== undefined && /^-?\d{1,16}$/.test(text) && Math.abs(Number(text)) <= mostSeconds * 1000
    ? Number(text)
    : undefined

/** In whole milliseconds; `undefined` where nobody noted one. */
export const modifiedAtOf = (metadata: { readonly [name: string]: string }): number | undefined =>
  seconds(metadata.mtime) ?? ofB2(metadata.src_last_modified_millis) ?? ofS3cmd(metadata["s3cmd-attrs"])

export const timeMetadata = (modifiedAt: number, isB2: boolean): { readonly [name: string]: string } => ({
  mtime: toSeconds(modifiedAt),
  ...(isB2 ? { src_last_modified_millis: `${modifiedAt}` } : {})
})
