// The catalogue in the first of the user's languages that there is one for.

import { en } from "./en";

export type Catalogue = typeof en;

const CATALOGUES: readonly Catalogue[] = [en];

const wanted = navigator.languages.map((tag) => new Intl.Locale(tag).language);

export const texts: Catalogue =
  wanted.flatMap((language) => CATALOGUES.filter((catalogue) => catalogue.language === language))[0] ?? en;
