// The first view of each role: what an administrator, a teacher and a learner need first.

import { useMe } from "../me";
import { AdministratorHome } from "./home_administrator";
import { StudentHome } from "./home_student";
import { TeacherHome } from "./home_teacher";
import { Overview } from "./overview";

export function Home() {
  const { roles } = useMe();
  if (roles.includes("TenantAdmin")) return <AdministratorHome />;
  if (roles.includes("Instructor")) return <TeacherHome />;
  if (roles.includes("Learner")) return <StudentHome />;
  return <Overview />;
}
