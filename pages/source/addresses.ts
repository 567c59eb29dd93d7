// The addresses of the page's views: what stands after the # of its URL.

import { useEffect, useState } from "preact/hooks";

const s = encodeURIComponent;

export const to = {
  home: "#/",
  courses: "#/courses",
  school: (id: string) => `#/schools/${s(id)}`,
  course: (id: string) => `#/courses/${s(id)}`,
  section: (course: string, id: string) => `#/courses/${s(course)}/sections/${s(id)}`,
  assessment: (course: string, id: string) => `#/courses/${s(course)}/assessments/${s(id)}`,
  items: (course: string, id: string) => `#/courses/${s(course)}/assessments/${s(id)}/items`,
  item: (course: string, id: string, item: string, version: string | null) =>
    `#/courses/${s(course)}/assessments/${s(id)}/items/${s(item)}${version === null ? "" : `/${s(version)}`}`,
  learner: (id: string) => `#/learners/${s(id)}`,
  periods: "#/periods",
  standards: "#/standards",
  standard: (id: string) => `#/standards/${s(id)}`,
  courseStandard: (course: string, id: string) => `#/courses/${s(course)}/standards/${s(id)}`,
  comparison: (first = "", second = "") =>
    first && second ? `#/comparison/${s(first)}/${s(second)}` : "#/comparison",
  search: (words: string) => `#/search/${s(words)}`,
  people: "#/people",
  files: "#/files",
  file: (id: string) => `#/files/${s(id)}`,
};

/** Returns the address of the view that is shown. */
export const address = () => location.hash.slice(1) || "/";

/** Returns the address, and again whenever the user goes elsewhere. */
export function useAddress(): string {
  const [shown, setShown] = useState(address);
  useEffect(() => {
    const follow = () => setShown(address());
    addEventListener("hashchange", follow);
    follow(); // Effects run after the page is drawn: the user may have gone elsewhere in between.
    return () => removeEventListener("hashchange", follow);
  }, []);
  return shown;
}

/** Takes `pattern`, such as `/courses/:course`, apart; null when `path` is not of that shape. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== given.length) return null;
  const values: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? "";
    const plain = decoded(value);
    if (part.startsWith(":") && plain) values[part.slice(1)] = plain;
    else if (part !== value) return null;
  }
  return values;
}

/** Returns what an address part stands for; empty when it is no well-formed one. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (fault) {
    if (fault instanceof URIError) return "";
    throw fault;
  }
}
