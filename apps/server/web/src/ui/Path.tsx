/** A path or id in letters of one width; what does not fit is cut in the middle of the line, whole on hover. */
import styles from "./Path.module.css"

const control = /[\p{Control}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** A name may hold line breaks and letters that turn others round: they are shown as what they are. */
export const visible = (name: string): string =>
  name.replace(control, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`)

export const Path = ({ children, isCut = true }: { readonly children: string; readonly isCut?: boolean }) => (
  <bdi className={`${styles.path} ${isCut ? styles.cut : ""}`} title={isCut ? visible(children) : undefined}>
    {visible(children)}
  </bdi>
)
