// A teacher's first view: the courses that the teacher instructs, each with its assessments.

import { to } from "../addresses";
import type { CourseDashboard } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { Card, Note } from "../parts/card";
import { Page } from "../parts/page";
import { Ready } from "../parts/ready";
import { Table } from "../parts/table";
import { texts } from "../texts";
import { assessmentsOf } from "./assessment_lines";
import { GroupTiles } from "./group";
import { courseName } from "./lines";
import { Means } from "./means";

const t = texts.teacher;

export function TeacherHome() {
  const resource = useResource(paths.teacherHome);
  return (
    <Ready of={resource} title={t.title}>
      {({ courses }) => (
        <Page title={t.title}>
          {courses.length === 0 && <Note>{texts.overview.empty}</Note>}
          <Means
            title={texts.overview.chart}
            groups={courses.map((course) => ({
              name: courseName(course),
              mean: course.percent?.mean ?? null,
              scored: course.percent?.n ?? null,
            }))}
          />
          {courses.map((course) => (
            <Taught key={course.courseId} course={course} />
          ))}
        </Page>
      )}
    </Ready>
  );
}

const Taught = ({ course }: { course: CourseDashboard }) => (
  <section class="part">
    <h2>
      <a href={to.course(course.courseId)}>{courseName(course)}</a>
    </h2>
    <GroupTiles figures={course} />
    <Card>
      <Table
        caption={t.assessmentsOf(courseName(course))}
        isCaptionShown
        rows={course.assessments}
        keyOf={(line) => line.lineItemId}
        columns={assessmentsOf(course.courseId)}
        find={(line) => line.title}
      />
    </Card>
  </section>
);
