// Two series of columns side by side, as shares, so that groups of different sizes can be compared.

import { percent } from "../figures";
import { figures, names, plain, titled } from "./axes";
import type { Drawing } from "./canvas";

export interface Series {
  readonly name: string;
  /** Percent of the group, band by band. */
  readonly shares: readonly number[];
}

/** Draws two groups over the same bands; a legend tells which is which. */
export const pairs =
  (bands: readonly string[], first: Series, second: Series, axis: string): Drawing =>
  (colours, isRightToLeft) => {
    const base = plain(colours, isRightToLeft);
    const column = { borderRadius: 3, categoryPercentage: 0.86, barPercentage: 0.95 };
    return {
      type: "bar",
      data: {
        labels: [...bands],
        datasets: [
          { label: first.name, data: [...first.shares], backgroundColor: colours.accent, ...column },
          { label: second.name, data: [...second.shares], backgroundColor: colours.second, ...column },
        ],
      },
      options: {
        ...base,
        scales: {
          x: { ...names(colours), reverse: isRightToLeft, title: titled(axis, colours) },
          y: { ...figures(colours, true), position: isRightToLeft ? "right" : "left" },
        },
        plugins: {
          ...base.plugins,
          legend: {
            display: true,
            rtl: isRightToLeft,
            align: "start",
            labels: { color: colours.ink, boxWidth: 12, boxHeight: 12 },
          },
          tooltip: {
            ...base.plugins?.tooltip,
            callbacks: { label: (item) => `${item.dataset.label}: ${percent(item.parsed.y)}` },
          },
        },
      },
    };
  };
