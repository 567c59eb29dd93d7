// Chooses the form that a language's plural rules ask for.

type Forms = Partial<Record<Intl.LDMLPluralRule, (figure: string) => string>> & {
  other: (figure: string) => string;
};

/** Returns what writes a count with its noun, such as "1 learner", "2 learners". */
export function plural(language: string, forms: Forms): (n: number) => string {
  const rules = new Intl.PluralRules(language);
  const format = new Intl.NumberFormat(language);
  return (n) => (forms[rules.select(n)] ?? forms.other)(format.format(n));
}
