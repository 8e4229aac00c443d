/**
 * How far one look at a row came: `"again"` looks once more at once, `"wait"` when something else has been settled, and
 * `"stuck"` as soon as somebody asks, since what it waits for is parked. With `"noted"` the row is gone already.
 */
export type Settled = "done" | "noted" | "again" | "wait" | "stuck"
