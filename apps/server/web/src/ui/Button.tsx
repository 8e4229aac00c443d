/** What a person presses. One that can not be pressed now says why, to the eye and to a screen reader, and keeps its place. */
import { Link, type LinkProps } from "@tanstack/react-router"
import { type ReactNode, useId } from "react"
import styles from "./Button.module.css"
import { Icon, type IconName } from "./Icon.tsx"

type Look = "primary" | "plain" | "quiet" | "danger"

interface Shown {
  readonly children: ReactNode
  readonly look?: Look
  readonly icon?: IconName
  readonly isDense?: boolean
}

const classOf = ({ look = "plain", isDense = false }: Pick<Shown, "look" | "isDense">): string =>
  [styles.button, styles[look], isDense ? styles.dense : ""].join(" ")

interface ButtonProps extends Shown {
  readonly onPress?: () => void
  readonly type?: "button" | "submit"
  /** Why not now; such a button does nothing. */
  readonly not?: string | undefined
  readonly isBusy?: boolean
  /** Of a button that shows something below it. */
  readonly isOpen?: boolean
}

export const Button = ({
  children,
  icon,
  isBusy = false,
  isOpen,
  not,
  onPress,
  type = "button",
  ...look
}: ButtonProps) => {
  const reason = useId()
  const isOff = not !== undefined || isBusy
  return (
    <>
      <button
        type={type}
        className={classOf(look)}
        aria-disabled={isOff || undefined}
        aria-busy={isBusy || undefined}
        aria-expanded={isOpen}
        aria-describedby={not === undefined ? undefined : reason}
        title={not}
        onClick={(event) => {
          if (isOff) event.preventDefault()
          else onPress?.()
        }}
      >
        {icon === undefined ? null : <Icon name={icon} />}
        <span>{children}</span>
      </button>
      {/* Beside it, so that its name stays its name. */}
      {not === undefined ? null : (
        <span id={reason} className="sr-only">
          {not}
        </span>
      )}
    </>
  )
}

interface IconButtonProps {
  readonly icon: IconName
  /** In words; also shown on hover. */
  readonly label: string
  readonly onPress: () => void
  readonly not?: string | undefined
}

export const IconButton = ({ icon, label, not, onPress }: IconButtonProps) => (
  <button
    type="button"
    className={`${styles.button} ${styles.quiet} ${styles.square}`}
    aria-label={not === undefined ? label : `${label}: ${not}`}
    aria-disabled={not === undefined ? undefined : true}
    title={not ?? label}
    onClick={() => (not === undefined ? onPress() : undefined)}
  >
    <Icon name={icon} />
  </button>
)

/** Goes somewhere, and looks like something that is pressed. */
export const LinkButton = ({ children, icon, isDense, look, ...link }: Shown & LinkProps) => (
  <Link {...link} className={classOf({ look: look ?? "plain", isDense: isDense ?? false })}>
    {icon === undefined ? null : <Icon name={icon} />}
    <span>{children}</span>
  </Link>
)

interface DownloadButtonProps {
  readonly children: ReactNode
  readonly address: string
  /** Of the file that the browser saves. */
  readonly name: string
  readonly isDense?: boolean
}

/** Saves a file, by an address rather than by a call, so that the browser shows how far it is. */
export const DownloadButton = ({ address, children, isDense = false, name }: DownloadButtonProps) => (
  <a href={address} download={name} className={classOf({ isDense })}>
    <Icon name="download" />
    <span>{children}</span>
  </a>
)
