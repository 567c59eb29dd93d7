// Figures and times as people of the catalogue's language write them. What is not known is a dash.

import { texts } from "./texts";

const NONE = "–";
const language = texts.language;
const whole = new Intl.NumberFormat(language);
const fine = new Intl.NumberFormat(language, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
const exact = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
const coefficients = new Intl.NumberFormat(language, { maximumFractionDigits: 2, minimumFractionDigits: 2 });
const changes = new Intl.NumberFormat(language, {
  maximumFractionDigits: 1,
  minimumFractionDigits: 1,
  signDisplay: "exceptZero",
});
const percents = new Intl.NumberFormat(language, {
  style: "percent",
  maximumFractionDigits: 1,
  minimumFractionDigits: 1,
});
const moments = new Intl.DateTimeFormat(language, {
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
});
const oldMoments = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const days = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium" });

const ages = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

type Figure = number | null | undefined;
type Moment = string | null | undefined;

export const count = (n: Figure) => (isKnown(n) ? whole.format(n) : NONE);
export const tenths = (n: Figure) => (isKnown(n) ? fine.format(n) : NONE);
export const hundredths = (n: Figure) => (isKnown(n) ? exact.format(n) : NONE);
/** Correlations and the like, which are compared digit by digit. */
export const coefficient = (n: Figure) => (isKnown(n) ? coefficients.format(n) : NONE);
/** A change, with its sign. */
export const signed = (n: Figure) => (isKnown(n) ? changes.format(n) : NONE);
/** Percent points, as the API counts them: 12.3 is 12.3 %. */
export const percent = (points: Figure) => (isKnown(points) ? percents.format(points / 100) : NONE);
/** A share of one: 0.123 is 12.3 %. */
export const share = (part: Figure) => (isKnown(part) ? percents.format(part) : NONE);
/** The year is left out while it goes without saying. */
export const moment = (text: Moment) => (text ? written(new Date(text)) : NONE);
export const day = (text: Moment) => (text ? days.format(new Date(text)) : NONE);
export const time = (text: Moment) => (text ? clock.format(new Date(text)) : NONE);
/** How long ago it was. */
export const since = (text: Moment) => (text ? age(Date.now() - Date.parse(text)) : NONE);
export const bytes = (n: Figure) => (isKnown(n) ? sized(n) : NONE);

const written = (date: Date) =>
  (date.getFullYear() === new Date().getFullYear() ? moments : oldMoments).format(date);

const isKnown = (n: Figure): n is number => n !== null && n !== undefined;

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

function sized(n: number): string {
  const step = Math.min(UNITS.length - 1, n < 1 ? 0 : Math.floor(Math.log10(n) / 3));
  const unit = UNITS[step] ?? "byte";
  const format = new Intl.NumberFormat(language, {
    style: "unit",
    unit,
    maximumFractionDigits: step ? 1 : 0,
  });
  return format.format(n / 1000 ** step);
}

const SPANS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

function age(milliseconds: number): string {
  const [unit, span] = SPANS.find(([, least]) => milliseconds >= least) ?? ["minute", 60_000];
  return ages.format(-Math.floor(milliseconds / span), unit);
}
