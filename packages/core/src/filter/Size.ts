/** Numbers of bytes as people write them: `1.5G` in options, `1.500 GiB` in output. All units are powers of 1024. */
import * as Result from "effect/Result"

const prefixes = ["", "K", "M", "G", "T", "P", "E"]
const written = /^(\d+\.?\d*|\.\d+)(?:(b)|([kmgtpe])(?:i|ib)?)?$/i

/**
 * Reads `10M`, `1.5GiB`, `100b` or `off`, which gives `undefined`. A number
 * alone counts KiB, as in rclone. Fails with what is wrong, in words for people.
 */
export const parse = (text: string): Result.Result<number | undefined, string> => {
  if (text.toLowerCase() === "off") return Result.succeed(undefined)
  const [match, number, bytes, prefix = "K"] = written.exec(text) ?? []
  if (match === undefined) {
    return Result.fail(`"${text}" is not a size; write a number with b, K, M, G, T or P, such as 10M, or "off"`)
  }
  const unit = bytes === undefined ? 1024 ** prefixes.indexOf(prefix.toUpperCase()) : 1
  return Result.succeed(Math.floor(Number(number) * unit))
}

/** `102 B`, `10 GiB`, `10.100 GiB`. */
export const format = (bytes: number): string => {
  let value = bytes
  let power = 0
  while (value >= 1024 && power < prefixes.length - 1) {
    value /= 1024
    power++
  }
  const number = Number.isInteger(value) ? `${value}` : value.toFixed(3)
  return `${number} ${power === 0 ? "B" : `${prefixes[power]}iB`}`
}
