/** Puts a text where it can be pasted from. */
import { Button } from "./Button.tsx"
import { useSay } from "./Toasts.tsx"

interface CopyButtonProps {
  readonly text: string
  /** What it is, in a sentence: `command`. */
  readonly what: string
  readonly label?: string
  readonly isDense?: boolean
  /** It stands beside the button, where it can be selected. */
  readonly isShown?: boolean
}

export const CopyButton = ({ isDense = false, isShown = false, label = "Copy", text, what }: CopyButtonProps) => {
  const say = useSay()
  const copy = async () => {
    try {
      // Absent where the page came without TLS from another machine.
      await navigator.clipboard.writeText(text)
      say({ text: `Copied the ${what}` })
    } catch {
      const instead = isShown ? "select it by hand" : text
      say({ text: `This browser does not let it be copied: ${instead}`, isFailure: true })
    }
  }
  return (
    <Button isDense={isDense} icon="copy" onPress={() => void copy()}>
      {label}
    </Button>
  )
}

/** Nothing where there is none. */
export const CopyCommand = ({
  command,
  isShown = false
}: {
  readonly command: string | undefined
  readonly isShown?: boolean
}) =>
  command === undefined ? null : <CopyButton text={command} what="command" label="Copy command" isShown={isShown} />
