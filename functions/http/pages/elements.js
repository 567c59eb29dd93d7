// Builds DOM nodes. Text only ever enters the page as text nodes, never as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export const el = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);
export const svg = (name, attributes = {}, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

const align = (column) => (column.number ? "number" : column.prose ? "prose" : null);

/** A table: columns are {label, value(row), number?, prose?}; the first column heads its row. */
export function table(caption, columns, rows) {
  const head = el("tr", {}, columns.map((c) => el("th", { scope: "col", class: align(c) }, c.label)));
  const body = rows.map((row) => el("tr", {}, columns.map((c, i) =>
    el(i === 0 ? "th" : "td", { scope: i === 0 ? "row" : null, class: align(c) }, c.value(row)))));
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    el("table", {}, el("caption", {}, caption), el("thead", {}, head), el("tbody", {}, body)));
}

/** A row of figures: pairs of [label, value]. */
export const tiles = (pairs) => el("dl", { class: "tiles" }, pairs.map(([label, value]) =>
  el("div", {}, el("dt", {}, label), el("dd", {}, value))));
