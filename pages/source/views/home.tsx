// The first view of each role: results of one's own for learners, the overview for everybody else.

import { isStaff, useMe } from "../me";
import { Note } from "../parts/card";
import { Page } from "../parts/page";
import { texts } from "../texts";
import { Learner } from "./learner";
import { Overview } from "./overview";

export function Home() {
  const me = useMe();
  if (isStaff(me)) return <Overview />;
  const own = me.learners[0];
  if (own) return <Learner id={own} isOwn />;
  return (
    <Page title={texts.learner.title}>
      <Note>{texts.learner.empty}</Note>
    </Page>
  );
}
