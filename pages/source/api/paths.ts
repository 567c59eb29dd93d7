// The addresses of the API that the page reads, with what each answers.

import type { Path } from "./client";
import type {
  AdministratorHome,
  AssessmentDashboard,
  Cohorts,
  Comparison,
  CourseDashboard,
  CourseStandards,
  IngestPage,
  IngestView,
  ItemDashboard,
  LearnerDashboard,
  LearnerStandards,
  Matches,
  MatchingPage,
  Overview,
  Periods,
  PlanView,
  PrincipalView,
  RejectPage,
  SchoolDashboard,
  SectionDashboard,
  SignIn,
  StandardDashboard,
  Standards,
  StudentHome,
  TeacherHome,
  UnmatchedPage,
} from "./models";

const s = encodeURIComponent;
/** A slash within a segment is no slash on every way to the server: it goes as in a JSON Pointer. */
const pointed = (id: string) => s(id.replaceAll("~", "~0").replaceAll("/", "~1"));

export const signIn: Path<SignIn> = "sign-in";
export const me: Path<PrincipalView> = "me";
export const overview: Path<Overview> = "dashboards";
export const school = (id: string): Path<SchoolDashboard> => `dashboards/schools/${s(id)}`;
export const course = (id: string): Path<CourseDashboard> => `dashboards/courses/${s(id)}`;
export const section = (course: string, id: string): Path<SectionDashboard> =>
  `dashboards/courses/${s(course)}/sections/${s(id)}`;
export const assessment = (course: string, id: string): Path<AssessmentDashboard> =>
  `dashboards/courses/${s(course)}/assessments/${s(id)}`;
export const items = (course: string, id: string): Path<ItemDashboard> =>
  `dashboards/courses/${s(course)}/assessments/${s(id)}/items`;
export const learner = (id: string): Path<LearnerDashboard> => `dashboards/learners/${s(id)}`;
export const periods: Path<Periods> = "dashboards/periods";
export const standards: Path<Standards> = "dashboards/standards";
export const standard = (id: string): Path<StandardDashboard> => `dashboards/standards/${pointed(id)}`;
export const courseStandards = (course: string): Path<CourseStandards> =>
  `dashboards/courses/${s(course)}/standards`;
export const learnerStandards = (id: string): Path<LearnerStandards> =>
  `dashboards/learners/${s(id)}/standards`;
export const cohorts: Path<Cohorts> = "dashboards/cohorts";
export const comparison = (first: string, second: string): Path<Comparison> =>
  `dashboards/comparisons?first=${s(first)}&second=${s(second)}`;
export const search = (words: string): Path<Matches> => `dashboards/search?q=${s(words)}`;
export const studentHome: Path<StudentHome> = "me/student";
export const teacherHome: Path<TeacherHome> = "me/teacher";
export const administratorHome: Path<AdministratorHome> = "me/admin";
export const overviewExport = "exports/dashboards";
export const courseExport = (id: string) => `exports/dashboards/courses/${s(id)}`;
export const standardsExport = "exports/dashboards/standards";
export const courseStandardsExport = (id: string) => `exports/dashboards/courses/${s(id)}/standards`;
export const learnerExport = (id: string) => `exports/dashboards/learners/${s(id)}`;
export const matchings: Path<MatchingPage> = "people/matchings";
export const unmatched: Path<UnmatchedPage> = "people/unmatched?limit=100";
export const ingests = (limit: number): Path<IngestPage> => `ingests?limit=${limit}`;
export const ingest = (id: string): Path<IngestView> => `ingests/${s(id)}`;
export const plan = (id: string): Path<PlanView> => `ingests/${s(id)}/plan`;
export const rejects = (id: string, cursor?: string): Path<RejectPage> =>
  `ingests/${s(id)}/rejects?limit=100${cursor ? `&cursor=${s(cursor)}` : ""}`;
