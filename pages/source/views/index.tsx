// The table of views: each address, and who shows it.

import type { JSX } from "preact";
import { match, to } from "../addresses";
import { Note } from "../parts/card";
import { Page } from "../parts/page";
import { texts } from "../texts";
import { Assessment } from "./assessment";
import { Comparison } from "./comparison";
import { Course } from "./course";
import { StandardOfCourse } from "./course_standards";
import { AllCourses } from "./courses";
import { File } from "./file";
import { Files } from "./files";
import { Home } from "./home";
import { Item } from "./item";
import { Items } from "./items";
import { Learner } from "./learner";
import { People } from "./people";
import { Periods } from "./periods";
import { School } from "./school";
import { Search } from "./search";
import { Section } from "./section";
import { Standard, Standards } from "./standards";

type Values = Record<string, string>;

const VIEWS: ReadonlyArray<readonly [pattern: string, show: (values: Values) => JSX.Element]> = [
  ["/", () => <Home />],
  ["/schools/:school", ({ school = "" }) => <School id={school} />],
  ["/courses", () => <AllCourses />],
  ["/courses/:course", ({ course = "" }) => <Course id={course} />],
  ["/courses/:course/sections/:id", ({ course = "", id = "" }) => <Section course={course} id={id} />],
  ["/courses/:course/assessments/:id", ({ course = "", id = "" }) => <Assessment course={course} id={id} />],
  ["/courses/:course/assessments/:id/items", ({ course = "", id = "" }) => <Items course={course} id={id} />],
  ["/courses/:course/assessments/:id/items/:item", (values) => itemOf(values)],
  ["/courses/:course/assessments/:id/items/:item/:version", (values) => itemOf(values)],
  [
    "/courses/:course/standards/:id",
    ({ course = "", id = "" }) => <StandardOfCourse course={course} id={id} />,
  ],
  ["/learners/:id", ({ id = "" }) => <Learner id={id} />],
  ["/people", () => <People />],
  ["/periods", () => <Periods />],
  ["/standards", () => <Standards />],
  ["/standards/:id", ({ id = "" }) => <Standard id={id} />],
  ["/comparison", () => <Comparison />],
  ["/comparison/:first", ({ first = "" }) => <Comparison first={first} />],
  [
    "/comparison/:first/:second",
    ({ first = "", second = "" }) => <Comparison first={first} second={second} />,
  ],
  ["/search/:words", ({ words = "" }) => <Search words={words} />],
  ["/files", () => <Files />],
  ["/files/:id", ({ id = "" }) => <File id={id} />],
];

const itemOf = ({ course = "", id = "", item = "", version }: Values) => (
  <Item course={course} id={id} item={item} version={version ?? null} />
);

export function View({ path }: { path: string }): JSX.Element {
  for (const [pattern, show] of VIEWS) {
    const values = match(pattern, path);
    if (values) return show(values);
  }
  return (
    <Page title={texts.problems.noPage}>
      <Note>
        {texts.problems.noPageText} <a href={to.home}>{texts.problems.home}</a>
      </Note>
    </Page>
  );
}
