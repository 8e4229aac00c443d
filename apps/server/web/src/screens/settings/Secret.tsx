/** Something that is shown this once. */
import { Button } from "../../ui/Button.tsx"
import { useSay } from "../../ui/Toasts.tsx"
import styles from "./Settings.module.css"

export const Secret = ({ text, what }: { readonly text: string; readonly what: string }) => {
  const say = useSay()
  return (
    <p className={styles.secret}>
      <code>{text}</code>
      <Button
        isDense
        icon="copy"
        onPress={() => {
          navigator.clipboard
            .writeText(text)
            .then(() => say({ text: `Copied the ${what}` }))
            .catch(() => say({ text: "This browser does not let it be copied: select it by hand", isFailure: true }))
        }}
      >
        Copy
      </Button>
    </p>
  )
}
