// The table of views: each address, and who shows it.

import type { JSX } from "preact";
import { match, to } from "../addresses";
import { Note } from "../parts/card";
import { Page } from "../parts/page";
import { texts } from "../texts";
import { Assessment } from "./assessment";
import { Course } from "./course";
import { File } from "./file";
import { Files } from "./files";
import { Home } from "./home";
import { Learner } from "./learner";

type Values = Record<string, string>;

const VIEWS: ReadonlyArray<readonly [pattern: string, show: (values: Values) => JSX.Element]> = [
  ["/", () => <Home />],
  ["/courses/:course", ({ course = "" }) => <Course id={course} />],
  ["/courses/:course/assessments/:id", ({ course = "", id = "" }) => <Assessment course={course} id={id} />],
  ["/learners/:id", ({ id = "" }) => <Learner id={id} />],
  ["/files", () => <Files />],
  ["/files/:id", ({ id = "" }) => <File id={id} />],
];

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
