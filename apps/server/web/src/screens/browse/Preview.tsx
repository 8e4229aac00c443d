/** What is in a file, as far as a browser shows it without running any of it: a picture, or how a text begins. */
import { useQuery } from "@tanstack/react-query"
import { messageOf, openAt } from "../../api/call.ts"
import { visible } from "../../ui/Path.tsx"
import styles from "./Browse.module.css"

const pictures = /\.(?:jpe?g|png|gif|webp|avif)$/i
const shownBytes = 64 * 1024

const beginning = async (address: string, signal: AbortSignal): Promise<Uint8Array> => {
  const response = await openAt("GET", address, { signal })
  const reader = response.body?.getReader()
  const kept = new Uint8Array(shownBytes)
  let length = 0
  while (reader !== undefined && length < shownBytes) {
    const { done, value } = await reader.read()
    if (done) break
    const piece = value.subarray(0, shownBytes - length)
    kept.set(piece, length)
    length += piece.length
  }
  await reader?.cancel()
  return kept.subarray(0, length)
}

/** Nothing for what is no text. A letter that was cut off at the end is left out. */
const textOf = (bytes: Uint8Array): string | undefined => {
  if (bytes.includes(0)) return undefined
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true })
  } catch {
    return undefined
  }
}

const TextPreview = ({ address, name }: { readonly address: string; readonly name: string }) => {
  const { data, error } = useQuery({
    queryKey: ["beginning", address],
    queryFn: ({ signal }) => beginning(address, signal),
    retry: false
  })
  if (error !== null) return <p role="alert">{messageOf(error)}</p>
  if (data === undefined) return <p role="status">Reading…</p>
  const text = textOf(data)
  if (text === undefined) return <p>It is no text and no picture: download it to look at it.</p>
  if (text === "") return <p>It is empty.</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section tabIndex={0} aria-label={`Content of ${name}`} className={styles.preview}>
      <pre>{text}</pre>
      {data.length === shownBytes ? <p className={styles.muted}>Only its beginning is shown.</p> : null}
    </section>
  )
}

export const Preview = ({ address, name }: { readonly address: string; readonly name: string }) =>
  pictures.test(name) ? (
    <img className={styles.picture} src={address} alt={visible(name)} />
  ) : (
    <TextPreview address={address} name={visible(name)} />
  )
