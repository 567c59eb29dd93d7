// What all charts share: quiet axes, tooltips in the page's colours, and the direction of the text.

import type { ChartOptions } from "chart.js";
import type { Palette } from "./palette";

const TEXT = 12;

/** Options of a chart without a legend: one series, named by the title beside it. */
export function plain(colours: Palette, isRightToLeft: boolean): ChartOptions {
  return {
    font: { family: colours.font, size: TEXT },
    color: colours.ink,
    plugins: {
      legend: { display: false },
      tooltip: {
        rtl: isRightToLeft,
        textDirection: isRightToLeft ? "rtl" : "ltr",
        backgroundColor: colours.ink,
        titleColor: colours.card,
        bodyColor: colours.card,
        padding: 10,
        cornerRadius: 6,
        displayColors: false,
      },
    },
  };
}

/** An axis of figures, with faint lines where `hasLines`. */
export const figures = (colours: Palette, hasLines: boolean) => ({
  type: "linear" as const,
  beginAtZero: true,
  grid: { display: hasLines, color: colours.line, drawTicks: false },
  border: { display: false },
  ticks: ticks(colours),
});

/** An axis of names. */
export const names = (colours: Palette) => ({
  type: "category" as const,
  grid: { display: false },
  border: { color: colours.line },
  ticks: { ...ticks(colours), autoSkip: true, maxRotation: 0 },
});

/** The title of an axis. */
export const titled = (text: string, colours: Palette) => ({
  display: true,
  text,
  color: colours.soft,
  font: { size: TEXT },
});

const ticks = (colours: Palette) => ({ color: colours.soft, padding: 6, font: { size: TEXT } });
