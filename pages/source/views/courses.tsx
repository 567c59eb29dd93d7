// All courses that the caller may see.

import { to } from "../addresses";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { Note } from "../parts/card";
import { Page, type Step } from "../parts/page";
import { Ready } from "../parts/ready";
import { texts } from "../texts";
import { Courses, courseName } from "./lines";
import { Means } from "./means";

const t = texts.overview;
const TRAIL: readonly Step[] = [[t.title, to.home]];

export function AllCourses() {
  const resource = useResource(paths.overview);
  return (
    <Ready of={resource} title={t.courses} trail={TRAIL}>
      {({ courses }) => (
        <Page title={t.courses} trail={TRAIL}>
          {courses.length === 0 && <Note>{t.empty}</Note>}
          <Means
            title={t.chart}
            groups={courses.map((course) => ({ ...course, name: courseName(course) }))}
          />
          <Courses courses={courses} hasExport />
        </Page>
      )}
    </Ready>
  );
}
