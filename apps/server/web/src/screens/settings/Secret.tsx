/** Something that is shown this once. */
import { CopyButton } from "../../ui/CopyButton.tsx"
import styles from "./Settings.module.css"

export const Secret = ({ text, what }: { readonly text: string; readonly what: string }) => (
  <p className={styles.secret}>
    <code>{text}</code>
    <CopyButton text={text} what={what} isDense isShown />
  </p>
)
