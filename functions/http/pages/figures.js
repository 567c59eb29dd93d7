// How figures are written for people, in the reader's own language.

const whole = new Intl.NumberFormat();
const oneDigit = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export const count = (n) => (n === null || n === undefined ? "–" : whole.format(n));
export const percent = (value) => (value === null || value === undefined ? "–" : `${oneDigit.format(value)} %`);
export const points = (value) => (value === null || value === undefined ? "–" : oneDigit.format(value));
export const time = (text) => (text ? moment.format(new Date(text)) : "–");

/** Ten bands of ten percent points. */
export const tenths = (bands) => Array.from({ length: 10 }, (_, tenth) => ({
  from: tenth * 10,
  to: tenth * 10 + 10,
  n: bands[tenth * 2] + bands[tenth * 2 + 1],
}));
