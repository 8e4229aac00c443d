/** A control with its label above, help and error below it, tied together for those who listen. */
import { type ReactNode, useId, useState } from "react"
import styles from "./Field.module.css"
import { Icon } from "./Icon.tsx"

interface FieldProps {
  readonly label: string
  readonly help?: ReactNode
  readonly error?: string | undefined
  readonly isOptional?: boolean
}

interface Tied {
  readonly id: string
  readonly "aria-describedby": string | undefined
  readonly "aria-invalid": true | undefined
}

const Field = ({
  children,
  error,
  help,
  isOptional = false,
  label
}: FieldProps & { readonly children: (tied: Tied) => ReactNode }) => {
  const id = useId()
  const notes = [help === undefined ? "" : `${id}-help`, error === undefined ? "" : `${id}-error`].join(" ").trim()
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
        {isOptional ? <span className={styles.optional}> optional</span> : null}
      </label>
      {children({ id, "aria-describedby": notes === "" ? undefined : notes, "aria-invalid": error ? true : undefined })}
      {help === undefined ? null : (
        <p id={`${id}-help`} className={styles.help}>
          {help}
        </p>
      )}
      {error === undefined ? null : (
        <p id={`${id}-error`} className={styles.error}>
          <Icon name="alert" size={14} />
          {error}
        </p>
      )}
    </div>
  )
}

interface TextFieldProps extends FieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly type?: "text" | "number" | "search" | "email" | "url" | "time" | "datetime-local" | "date"
  readonly autoComplete?: string
  readonly placeholder?: string
  readonly isMono?: boolean
  readonly isRequired?: boolean
  readonly shouldFocus?: boolean
  readonly suffix?: ReactNode
  /** The id of a `datalist`. */
  readonly list?: string
}

export const TextField = ({
  autoComplete = "off",
  isMono = false,
  isRequired = false,
  list,
  onChange,
  placeholder,
  shouldFocus = false,
  suffix,
  type = "text",
  value,
  ...field
}: TextFieldProps) => (
  <Field {...field}>
    {(tied) => (
      <div className={styles.row}>
        <input
          {...tied}
          className={`${styles.input} ${isMono ? styles.mono : ""}`}
          type={type}
          value={value}
          required={isRequired}
          list={list}
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellCheck={false}
          placeholder={placeholder}
          // biome-ignore lint/a11y/noAutofocus: the first field of a screen that is a form
          autoFocus={shouldFocus}
          onChange={(event) => onChange(event.target.value)}
        />
        {suffix}
      </div>
    )}
  </Field>
)

interface SecretFieldProps extends FieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly autoComplete?: string
  readonly isRequired?: boolean
  readonly placeholder?: string
}

/** Pasting and password managers are welcome. */
export const SecretField = ({
  autoComplete = "off",
  isRequired = false,
  onChange,
  placeholder,
  value,
  ...field
}: SecretFieldProps) => {
  const [isShown, setShown] = useState(false)
  return (
    <Field {...field}>
      {(tied) => (
        <div className={styles.row}>
          <input
            {...tied}
            className={`${styles.input} ${styles.mono}`}
            type={isShown ? "text" : "password"}
            value={value}
            required={isRequired}
            autoComplete={autoComplete}
            placeholder={placeholder}
            autoCapitalize="none"
            spellCheck={false}
            onChange={(event) => onChange(event.target.value)}
          />
          <button
            type="button"
            className={styles.reveal}
            aria-pressed={isShown}
            aria-label={`Show ${field.label.toLowerCase()}`}
            onClick={() => setShown(!isShown)}
          >
            {isShown ? "Hide" : "Show"}
          </button>
        </div>
      )}
    </Field>
  )
}

interface TextAreaProps extends FieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder?: string
  readonly rows?: number
}

export const TextArea = ({ onChange, placeholder, rows = 3, value, ...field }: TextAreaProps) => (
  <Field {...field}>
    {(tied) => (
      <textarea
        {...tied}
        className={`${styles.input} ${styles.mono}`}
        rows={rows}
        value={value}
        placeholder={placeholder}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
    )}
  </Field>
)

export interface Option {
  readonly value: string
  readonly label: string
}

interface SelectProps extends FieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly options: ReadonlyArray<Option>
}

export const Select = ({ onChange, options, value, ...field }: SelectProps) => (
  <Field {...field}>
    {(tied) => (
      <select {...tied} className={styles.input} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    )}
  </Field>
)

interface CheckProps {
  readonly label: ReactNode
  readonly help?: ReactNode
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
}

export const Check = ({ help, isOn, label, onChange }: CheckProps) => {
  const id = useId()
  return (
    <div className={styles.check}>
      <input
        id={id}
        type="checkbox"
        checked={isOn}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        onChange={(event) => onChange(event.target.checked)}
      />
      <label htmlFor={id}>{label}</label>
      {help === undefined ? null : (
        <p id={`${id}-help`} className={styles.help}>
          {help}
        </p>
      )}
    </div>
  )
}

export interface Choice<Value extends string> {
  readonly value: Value
  readonly label: string
  readonly help: ReactNode
  readonly not?: string | undefined
}

interface ChoicesProps<Value extends string> {
  readonly legend: string
  readonly value: Value
  readonly onChange: (value: Value) => void
  readonly choices: ReadonlyArray<Choice<Value>>
}

/** Radio buttons as cards, each with a sentence. */
export const Choices = <Value extends string>({ choices, legend, onChange, value }: ChoicesProps<Value>) => {
  const name = useId()
  return (
    <fieldset className={styles.choices}>
      <legend className={styles.label}>{legend}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className={styles.choice}>
          <input
            type="radio"
            name={name}
            checked={choice.value === value}
            disabled={choice.not !== undefined}
            onChange={() => onChange(choice.value)}
          />
          <span>
            <strong>{choice.label}</strong>
            <span className={styles.help}>{choice.not ?? choice.help}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
