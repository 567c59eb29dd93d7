// Puts the rows of a table in the order that the user asked for.

import { texts } from "../texts";

export interface Order {
  /** The column to sort by; null: as the rows come. */
  readonly column: number | null;
  readonly isDown: boolean;
}

type Key = string | number | null | undefined;
interface Sortable<R> {
  readonly by?: (row: R) => Key;
}

const collator = new Intl.Collator(texts.language, { numeric: true, sensitivity: "base" });

/** Returns the rows that `admits` lets through, in order; what is not known comes last, whichever way round. */
export function arranged<R>(
  rows: readonly R[],
  columns: readonly Sortable<R>[],
  { column, isDown }: Order,
  admits: (row: R) => boolean = () => true,
): readonly R[] {
  const kept = rows.filter(admits);
  const by = column === null ? undefined : columns[column]?.by;
  if (!by) return kept;
  return kept.toSorted((a, b) => compared(by(a), by(b), isDown ? -1 : 1));
}

function compared(a: Key, b: Key, sign: 1 | -1): number {
  const [hasA, hasB] = [a !== null && a !== undefined, b !== null && b !== undefined];
  if (!hasA || !hasB) return Number(hasB) - Number(hasA);
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  return sign * collator.compare(String(a), String(b));
}
