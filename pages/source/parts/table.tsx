// A table that can be sorted by its headers, filtered when it is long, and read on a narrow screen, where each
// row becomes a small list. The roles are written out because that layout would take them away.

import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { texts } from "../texts";
import { arranged, type Order } from "./order";

export interface Column<R> {
  readonly label: string;
  readonly value: (row: R) => ComponentChildren;
  /** What rows are sorted by; without it they can't be. */
  readonly by?: (row: R) => string | number | null | undefined;
  readonly kind?: "number" | "prose";
}

interface Properties<R> {
  caption: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  /** What tells rows apart when they come and go: whoever is at one stays at it. */
  keyOf?: (row: R) => string;
  /** Whether the caption says more than the title above the table, and so is to be seen. */
  isCaptionShown?: boolean;
  /** Gets more rows than there are; offered when all of these are shown. */
  more?: (() => void) | undefined;
  /** What the filter looks into; long tables have one when this is given. */
  find?: (row: R) => string;
}

const LONG = 12;
const FIRST = 25;

export function Table<R>(props: Properties<R>): JSX.Element {
  const [order, setOrder] = useState<Order>({ column: null, isDown: false });
  const [wanted, setWanted] = useState("");
  const [isWhole, setWhole] = useState(false);
  const find = props.rows.length > LONG ? props.find : undefined;
  const rows = arranged(props.rows, props.columns, order, find ? matches(find, wanted) : undefined);
  const shown = isWhole ? rows : rows.slice(0, FIRST);
  return (
    <div class="tabular">
      {find && <Filter what={props.caption} value={wanted} onInput={setWanted} />}
      <table role="table">
        <caption class={props.isCaptionShown ? undefined : "hidden"}>{props.caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {props.columns.map((column, i) => (
              <Header
                key={column.label}
                column={column}
                isRanked={order.column === i}
                isDown={order.isDown}
                onClick={() => setOrder(next(order, i, column))}
              />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {shown.map((row, i) => (
            <Row key={props.keyOf?.(row) ?? i} row={row} columns={props.columns} />
          ))}
        </tbody>
      </table>
      {find && rows.length === 0 && <p class="note">{texts.table.noMatch}</p>}
      {shown.length < rows.length ? (
        <button type="button" class="quiet" onClick={() => setWhole(true)}>
          {texts.table.all(rows.length)}
        </button>
      ) : (
        props.more && (
          <button type="button" class="quiet" onClick={props.more}>
            {texts.table.more}
          </button>
        )
      )}
    </div>
  );
}

function Header<R>(props: { column: Column<R>; isRanked: boolean; isDown: boolean; onClick: () => void }) {
  const { label, by, kind } = props.column;
  const sorted = props.isRanked ? (props.isDown ? "descending" : "ascending") : undefined;
  return (
    <th role="columnheader" scope="col" class={kind} aria-sort={sorted}>
      {by ? (
        <button type="button" class="sort" onClick={props.onClick}>
          {label}
        </button>
      ) : (
        label
      )}
    </th>
  );
}

function Row<R>(props: { row: R; columns: readonly Column<R>[] }) {
  return (
    <tr role="row">
      {props.columns.map((column, i) => {
        const content = column.value(props.row);
        return i === 0 ? (
          <th key={column.label} role="rowheader" scope="row" class={column.kind} data-label={column.label}>
            {content}
          </th>
        ) : (
          <td key={column.label} role="cell" class={column.kind} data-label={column.label}>
            {content}
          </td>
        );
      })}
    </tr>
  );
}

function Filter(props: { what: string; value: string; onInput: (text: string) => void }) {
  const id = useId();
  return (
    <p class="filter">
      <label class="hidden" for={id}>
        {texts.table.filter(props.what)}
      </label>
      <input
        id={id}
        type="search"
        placeholder={texts.table.filterHint}
        value={props.value}
        autocomplete="off"
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </p>
  );
}

/** Figures are first sorted from the greatest, names from the first; a second time the other way round. */
function next<R>(order: Order, column: number, { kind }: Column<R>): Order {
  return { column, isDown: order.column === column ? !order.isDown : kind === "number" };
}

const matches = <R,>(find: (row: R) => string, wanted: string) => {
  const words = wanted.toLocaleLowerCase(texts.language).split(/\s+/).filter(Boolean);
  return (row: R) => words.every((word) => find(row).toLocaleLowerCase(texts.language).includes(word));
};
