/** The views in the order of the menu, with the letter that follows `g`. */
export const VIEWS = [
  { view: "overview", title: "Overview", key: "o", needsLedger: true },
  { view: "tasks", title: "Tasks", key: "t", needsLedger: true },
  { view: "failures", title: "Failures", key: "f", needsLedger: true },
  { view: "workers", title: "Workers", key: "w", needsLedger: true },
  { view: "tree", title: "Tree", key: "d", needsLedger: true },
  { view: "health", title: "Health", key: "h", needsLedger: true },
  { view: "sql", title: "SQL", key: "s", needsLedger: false },
  { view: "tables", title: "Tables", key: "r", needsLedger: false },
] as const;
