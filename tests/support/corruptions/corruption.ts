/** Something that went wrong in the rows, and the checks that must say so: all of them, and no other. */
export interface Corruption {
  what: string;
  /** Checks by whose rows and name, `network.balances`. */
  seenBy: string[];
  /** Statements without parameters. */
  plant: string[];
}

/** An id of nothing. */
export const nobody = `'00000000-0000-4000-8000-000000000001'`;

/** Removes what defends a table against the change, as somebody with the owner's rights could. */
export const unguarded = (table: string, constraint: string | null, change: string): string[] => [
  `alter table ${table} disable trigger user`,
  ...(constraint === null ? [] : [`alter table ${table} drop constraint ${constraint}`]),
  change,
  `alter table ${table} enable trigger user`,
];
