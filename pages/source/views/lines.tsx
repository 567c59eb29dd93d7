// The columns of groups that are listed in the view of the group around them.

import { to } from "../addresses";
import type { CourseLine, SchoolLine } from "../api/models";
import * as paths from "../api/paths";
import { count, moment, percent } from "../figures";
import { Card, Meter, Withheld } from "../parts/card";
import { Export } from "../parts/export";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";
import { shown } from "./group";

interface Line {
  readonly learners: number | null;
  readonly scored: number | null;
  readonly mean: number | null;
  readonly suppressed?: boolean;
}

/** Learners, scores and their mean, of any line. */
export const LEARNERS: Column<Line> = {
  label: texts.scores.learners,
  value: (line) => shown(line.suppressed, count(line.learners)),
  by: (line) => line.learners,
  kind: "number",
};
export const SCORED: Column<Line> = {
  label: texts.scores.count,
  value: (line) => shown(line.suppressed, count(line.scored)),
  by: (line) => line.scored,
  kind: "number",
};
export const MEAN: Column<Line> = {
  label: texts.scores.mean,
  value: (line) => (line.suppressed ? <Withheld /> : <Meter value={line.mean} text={percent(line.mean)} />),
  by: (line) => line.mean,
  kind: "number",
};

/** What a school is called; the one without an id is that of courses for which nobody names a school. */
export const schoolName = (school: { schoolId: string; title: string }) =>
  school.schoolId === "-" ? texts.school.none : school.title || school.schoolId;

/** What a course is called: by its title, and by its id where that says more. */
export const courseName = (course: { courseId: string; title: string }) =>
  !course.title || course.title === course.courseId ? course.courseId : course.title;

const NEWEST: Column<{ latestUpload: string }> = {
  label: texts.overview.newest,
  value: (line) => moment(line.latestUpload),
  by: (line) => line.latestUpload,
};

const SCHOOLS: readonly Column<SchoolLine>[] = [
  {
    label: texts.school.one,
    value: (school) => <a href={to.school(school.schoolId)}>{schoolName(school)}</a>,
    by: schoolName,
  },
  {
    label: texts.overview.courses,
    value: (school) => count(school.courses),
    by: (school) => school.courses,
    kind: "number",
  },
  LEARNERS,
  MEAN,
  NEWEST,
];
const COURSES: readonly Column<CourseLine>[] = [
  {
    label: texts.course.one,
    value: (course) => <a href={to.course(course.courseId)}>{courseName(course)}</a>,
    by: courseName,
  },
  LEARNERS,
  {
    label: texts.scores.assessments,
    value: (course) => count(course.assessments),
    by: (course) => course.assessments,
    kind: "number",
  },
  MEAN,
  NEWEST,
];

export function Schools({ schools }: { schools: readonly SchoolLine[] }) {
  if (schools.length === 0) return null;
  return (
    <Card title={texts.school.many}>
      <Table
        caption={texts.school.caption}
        rows={schools}
        keyOf={(school) => school.schoolId}
        columns={SCHOOLS}
        find={(school) => `${school.title} ${school.schoolId}`}
      />
      <SomeWithheld lines={schools} />
    </Card>
  );
}

/** Courses; `hasExport` where they are all that the caller may see, which is what an export holds. */
export function Courses({
  courses,
  hasExport = false,
}: {
  courses: readonly CourseLine[];
  hasExport?: boolean;
}) {
  if (courses.length === 0) return null;
  return (
    <Card title={texts.overview.courses}>
      <Table
        caption={texts.overview.coursesCaption}
        rows={courses}
        keyOf={(course) => course.courseId}
        columns={COURSES}
        find={(course) => `${course.title} ${course.courseId}`}
      />
      <SomeWithheld lines={courses} />
      {hasExport && <Export path={paths.overviewExport} what={texts.overview.coursesCaption} />}
    </Card>
  );
}

/** Says that figures are withheld, where any are. */
export const SomeWithheld = ({ lines }: { lines: readonly Line[] }) =>
  lines.some((line) => line.suppressed) ? <p class="note">{texts.withheld.some}</p> : null;
