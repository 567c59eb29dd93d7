// Two charts, drawn as SVG. The views put a table with the same figures beside each.

import { svg } from "./elements.js";

const ROW = 26;
const LABEL = 190;
const WIDTH = 560;

/** Horizontal bars: rows are {label, value, text}; `most` is the value of a full bar. */
export function bars(title, rows, most) {
  const room = WIDTH - LABEL - 60;
  const drawn = rows.map((row, i) => {
    const y = i * ROW;
    const short = row.label.length > 26 ? `${row.label.slice(0, 25)}…` : row.label;
    return svg("g", {},
      svg("text", { x: LABEL - 8, y: y + 17, "text-anchor": "end" }, short),
      svg("rect", { class: "track", x: LABEL, y: y + 5, width: room, height: 16, rx: 3 }),
      svg("rect", { class: "bar", x: LABEL, y: y + 5, width: Math.max(1, (room * row.value) / most), height: 16, rx: 3 }),
      svg("text", { x: LABEL + room + 8, y: y + 17 }, row.text));
  });
  return svg("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${Math.max(1, rows.length) * ROW}`, role: "img", "aria-label": title }, drawn);
}

/** A histogram: bins are {from, to, n}, in percent. */
export function histogram(title, bins) {
  const height = 170;
  const most = Math.max(1, ...bins.map((bin) => bin.n));
  const step = WIDTH / Math.max(1, bins.length);
  const drawn = bins.map((bin, i) => {
    const tall = (bin.n / most) * (height - 40);
    return svg("g", {},
      svg("rect", { class: "bar", x: i * step + 2, y: height - 22 - tall, width: step - 4, height: tall, rx: 2 }),
      svg("text", { x: i * step + step / 2, y: height - 27 - tall, "text-anchor": "middle" }, String(bin.n)),
      svg("text", { class: "axis", x: i * step + step / 2, y: height - 6, "text-anchor": "middle" }, `${bin.from}–${bin.to}`));
  });
  return svg("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": title }, drawn);
}
