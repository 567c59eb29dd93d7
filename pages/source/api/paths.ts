// The addresses of the API that the page reads, with what each answers.

import type { Path } from "./client";
import type {
  AssessmentDashboard,
  CourseDashboard,
  IngestPage,
  IngestView,
  LearnerDashboard,
  Overview,
  PlanView,
  PrincipalView,
  RejectPage,
  SignIn,
} from "./models";

const s = encodeURIComponent;

export const signIn: Path<SignIn> = "sign-in";
export const me: Path<PrincipalView> = "me";
export const overview: Path<Overview> = "dashboards";
export const course = (id: string): Path<CourseDashboard> => `dashboards/courses/${s(id)}`;
export const assessment = (course: string, id: string): Path<AssessmentDashboard> =>
  `dashboards/courses/${s(course)}/assessments/${s(id)}`;
export const learner = (id: string): Path<LearnerDashboard> => `dashboards/learners/${s(id)}`;
export const ingests = (limit: number): Path<IngestPage> => `ingests?limit=${limit}`;
export const ingest = (id: string): Path<IngestView> => `ingests/${s(id)}`;
export const plan = (id: string): Path<PlanView> => `ingests/${s(id)}/plan`;
export const rejects = (id: string, cursor?: string): Path<RejectPage> =>
  `ingests/${s(id)}/rejects?limit=100${cursor ? `&cursor=${s(cursor)}` : ""}`;
