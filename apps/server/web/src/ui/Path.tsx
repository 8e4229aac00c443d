/** A path or id in letters of one width; what does not fit is cut at its beginning, since names stand at the end; whole on hover. */
import styles from "./Path.module.css"

const control = /[\p{Control}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** A name may hold line breaks and letters that turn others round: they are shown as what they are. */
export const visible = (name: string): string =>
  name.replace(control, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`)

export const Path = ({ children, isCut = true }: { readonly children: string; readonly isCut?: boolean }) => {
  const shown = visible(children)
  const path = (
    <bdi dir="ltr" className={styles.path}>
      {shown}
    </bdi>
  )
  return isCut ? (
    <span className={styles.cut} title={shown}>
      {path}
    </span>
  ) : (
    path
  )
}
