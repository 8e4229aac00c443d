/** A worker whose module can not be loaded. */
throw new Error("it can not be loaded")
