/** How far one look at a row came: `"again"` looks once more at once, `"wait"` when something else has been settled. */
export type Settled = "done" | "again" | "wait"
