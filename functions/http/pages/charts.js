// Two charts, drawn as SVG as wide as there is room. The views put a table with the same figures beside each.

import { svg } from "./elements.js";
import { count } from "./figures.js";

const ROW = 30;
const VALUE = 64;
const CARD_PADDING = 40;

const widest = (most) => Math.max(240, Math.min(most, document.getElementById("main").clientWidth - CARD_PADDING * 2));
const figure = (title, width, height, children) =>
  svg("svg", { class: "chart", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title }, children);
const shortened = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** Horizontal bars: rows are {label, value, text}; `most` is the value of a full bar. */
export function bars(title, rows, most) {
  const width = widest(760);
  const label = Math.min(220, width / 3);
  const room = width - label - VALUE;
  return figure(title, width, Math.max(1, rows.length) * ROW, rows.map((row, i) => {
    const y = i * ROW;
    return svg("g", {},
      svg("text", { x: label - 10, y: y + 20, "text-anchor": "end" }, shortened(row.label, Math.floor(label / 8))),
      svg("rect", { class: "track", x: label, y: y + 6, width: room, height: 18, rx: 3 }),
      svg("rect", { class: "bar", x: label, y: y + 6, width: Math.max(1, (room * row.value) / most), height: 18, rx: 3 }),
      svg("text", { x: label + room + 8, y: y + 20 }, row.text));
  }));
}

/** A histogram: bins are {from, to, n}, in percent. */
export function histogram(title, bins) {
  const [width, height] = [widest(480), 190];
  const most = Math.max(1, ...bins.map((bin) => bin.n));
  const step = width / bins.length;
  return figure(title, width, height, bins.map((bin, i) => {
    const tall = (bin.n / most) * (height - 44);
    const middle = { x: i * step + step / 2, "text-anchor": "middle" };
    return svg("g", {},
      svg("rect", { class: "bar", x: i * step + 2, y: height - 24 - tall, width: step - 4, height: tall, rx: 2 }),
      // Where counts would run into each other, the table beside the chart has them.
      step < 44 ? null : svg("text", { ...middle, y: height - 30 - tall }, count(bin.n)),
      svg("text", { ...middle, class: "axis", y: height - 6 }, String(bin.from)));
  }));
}
