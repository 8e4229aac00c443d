/** Line drawings in the colour of the text. They never stand alone without a word for those who do not see them. */
import styles from "./Icon.module.css"

const drawings = {
  alert: "M12 4 2.8 20h18.4L12 4ZM12 10v4.5M12 17.2v.1",
  archive: "M3.5 4.5h17v4h-17zM5 8.5v11h14v-11M10 12.5h4",
  back: "M15 5l-7 7 7 7",
  calendar: "M4 6h16v14H4zM4 10h16M8 3.5V7M16 3.5V7",
  cancel: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM5.7 5.7l12.6 12.6",
  check: "M4.5 12.5 10 18 19.5 7",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7.5V12l3 2",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  cross: "M7 7l10 10M17 7 7 17",
  diff: "M12 4v7M8.5 7.5h7M8.5 18h7",
  down: "M6 9l6 6 6-6",
  download: "M12 4v11M7 10.5l5 5 5-5M4.5 20h15",
  edit: "M4 20l1-4L16 5l3 3L8 19l-4 1ZM14 7l3 3",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  file: "M6 3.5h8l4.5 4.5v12.5H6zM13.5 3.5V8.5h5",
  folder: "M3.5 6h6l2 2.5h9V19h-17z",
  gauge: "M4.5 18.500a9 9 0 1 1 15 0M12 14l4-5.500M12 15.200a1.200 1.200 0 1 0 0-2.400 1.200 1.200 0 0 0 0 2.400Z",
  history: "M4 12a8 8 0 1 1 2.6 5.9M4 7v5h5M12 8v4.5l3 1.5",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5.5M12 7.8v.1",
  key: "M8 16.5a4.5 4.5 0 1 1 4.2-6H21v3.5h-2.5V17H15v-3h-2.8A4.5 4.5 0 0 1 8 16.5ZM8 12v.1",
  laptop: "M5 5h14v10H5zM2.5 19h19",
  menu: "M4 7h16M4 12h16M4 17h16",
  migrate: "M4 8h13M13.5 4.5 17 8l-3.5 3.5M20 16H7M10.5 12.5 7 16l3.5 3.5",
  more: "M5.5 12v.1M12 12v.1M18.5 12v.1",
  mount: "M4 14v5h16v-5M12 4v9M8 9.5l4 4 4-4",
  overview: "M4 4h7v7H4zM13 4h7v4.5h-7zM13 11h7v9h-7zM4 13.5h7V20H4z",
  pause: "M8.5 5.5v13M15.5 5.5v13",
  play: "M7.5 5v14l11-7z",
  plus: "M12 5v14M5 12h14",
  queued: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 3.5V12h8.5",
  refresh: "M20 11.5A8 8 0 0 0 6 6.8L4 9M4 4.5V9h4.5M4 12.5A8 8 0 0 0 18 17.2l2-2.2M20 19.5V15h-4.5",
  restore: "M4 12a8 8 0 1 0 2.6-5.9L4 8.5M4 4v4.5h4.5M12 8v5M9.5 11l2.5 2.5 2.5-2.5",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5 20 20",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8v4.4M9 14.8v4.4",
  shield: "M12 3.5 5 6v6c0 4 3 7 7 8.5 4-1.5 7-4.5 7-8.5V6z",
  storage:
    "M4 6.5C4 4.9 7.6 3.5 12 3.5s8 1.4 8 3v11c0 1.600-3.6 3-8 3s-8-1.400-8-3zM4 6.500c0 1.600 3.600 3 8 3s8-1.400 8-3M4 12c0 1.600 3.600 3 8 3s8-1.400 8-3",
  tasks: "M9.500 6.500H20M9.500 12H20M9.500 17.500H20M4 6.500l1 1 2-2M4 12l1 1 2-2M4 17.500l1 1 2-2",
  trash: "M4.500 7h15M9.500 7V4h5v3M6.500 7l1 13h9l1-13M10 11v5M14 11v5",
  undo: "M4 9h10a5.500 5.500 0 0 1 0 11H9M8 5 4 9l4 4",
  upload: "M12 16V5M7 9.500l5-5 5 5M4.500 20h15",
  user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.500 20.500c.8-4 4-5.500 7.500-5.500s6.700 1.500 7.500 5.500"
} as const
export type IconName = keyof typeof drawings

export const Icon = ({ name, size = 16 }: { readonly name: IconName; readonly size?: 14 | 16 | 20 | 28 }) => (
  <svg className={styles.icon} width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d={drawings[name]} />
  </svg>
)
