/** Numbers as people read them, in every face: `12.3 MiB`, `1,234 files`, `1:02:03`. */
import * as FarTime from "./FarTime.ts"

const units = ["KiB", "MiB", "GiB", "TiB", "PiB"]

/** In powers of 1024, with about three digits. */
export const bytes = (size: number): string => {
  if (Math.abs(size) < 1024) return `${Math.round(size)} B`
  let value = size
  let unit = -1
  while (Math.abs(value) >= 1023.95 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${value < 99.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

/** With a comma between thousands. */
export const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",")

/** `1 pack`, `1,234 packs`. */
export const counted = (value: number, one: string, several = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : several}`

export const files = (value: number): string => counted(value, "file")

/** `12,345 bytes (12.1 KiB)`, `1 byte`. */
export const exactBytes = (size: number): string => {
  const exact = counted(size, "byte")
  return size < 1024 ? exact : `${exact} (${bytes(size)})`
}

/** `2 of 3 files`; `more` stands for what may still be found. */
export const someFiles = (done: number, all: number, more: "" | "+"): string =>
  more === "" ? `${count(done)} of ${files(all)}` : `${count(done)} of ${count(all)}+ files`

/** Of a run: `0.4 s`, `12 s`, `3:05`, `1:02:03`, `3 days`. */
export const duration = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return "unknown"
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole >= 3 * 86_400) return `${Math.floor(whole / 86_400)} days`
  const two = (part: number) => String(part).padStart(2, "0")
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return hours === 0 ? `${minutes}:${two(rest)}` : `${hours}:${two(minutes)}:${two(rest)}`
}

/** `2026-11-21 20:45:00`, in local time. */
export const time = (milliseconds: number): string =>
  Number.isNaN(milliseconds) ? "unknown            " : FarTime.local(milliseconds)
