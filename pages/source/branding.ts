// The tenant's colour, made to be read: darkened on light ground, lightened on dark, until the contrast suffices.

type Colour = readonly [red: number, green: number, blue: number];

const ENOUGH = 5.8; // WCAG 2.2 asks for 4.5:1 of text (1.4.3); on its own tint the colour loses some of it
const STEPS = 40;
const BLACK: Colour = [0, 0, 0];
const WHITE: Colour = [255, 255, 255];
/** The grounds of the style sheet that are hardest to read on: `--ground` when light, `--card` when dark. */
const LIGHT: Colour = [0xf5, 0xf7, 0xf9];
const DARK: Colour = [0x18, 0x20, 0x29];

/** Takes over the tenant's accent for both colour schemes. */
export function brand(accent: string): void {
  const colour = parsed(accent);
  const style = document.documentElement.style;
  style.setProperty("--accent-light", css(readable(colour, LIGHT, BLACK)));
  style.setProperty("--accent-dark", css(readable(colour, DARK, WHITE)));
}

function readable(colour: Colour, ground: Colour, towards: Colour): Colour {
  for (let step = 0; step < STEPS; step += 1) {
    const mixed = mix(colour, towards, step / STEPS);
    if (contrast(mixed, ground) >= ENOUGH) return mixed;
  }
  return towards;
}

/** The contrast ratio of WCAG 2.2. */
function contrast(a: Colour, b: Colour): number {
  const [brighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (brighter + 0.05) / (darker + 0.05);
}

function luminance([red, green, blue]: Colour): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(channel: number): number {
  const part = channel / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

const mix = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];
const css = ([red, green, blue]: Colour) =>
  `rgb(${Math.round(red)} ${Math.round(green)} ${Math.round(blue)})`;
const parsed = (hex: string): Colour => [
  Number.parseInt(hex.slice(1, 3), 16),
  Number.parseInt(hex.slice(3, 5), 16),
  Number.parseInt(hex.slice(5, 7), 16),
];
