// Columns that go up or down from nought: how much something changed from step to step.

import { signed } from "../figures";
import { figures, names, plain } from "./axes";
import type { Drawing } from "./canvas";

export interface Change {
  readonly name: string;
  readonly value: number;
}

/** Draws changes in percent points; those that go down have another colour as well. */
export const changes =
  (steps: readonly Change[]): Drawing =>
  (colours, isRightToLeft) => {
    const base = plain(colours, isRightToLeft);
    return {
      type: "bar",
      data: {
        labels: steps.map((step) => step.name),
        datasets: [
          {
            data: steps.map((step) => step.value),
            backgroundColor: steps.map((step) => (step.value < 0 ? colours.warn : colours.accent)),
            borderRadius: 3,
            maxBarThickness: 48,
          },
        ],
      },
      options: {
        ...base,
        scales: {
          x: { ...names(colours), reverse: isRightToLeft },
          y: { ...figures(colours, true), position: isRightToLeft ? "right" : "left" },
        },
        plugins: {
          ...base.plugins,
          tooltip: {
            ...base.plugins?.tooltip,
            callbacks: { label: (item) => signed(item.parsed.y) },
          },
        },
      },
    };
  };
