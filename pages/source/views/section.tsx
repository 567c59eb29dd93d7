// A section of a course: its figures and its learners, by name where it is known, else by pseudonym.

import { to } from "../addresses";
import type { Member } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { count, percent } from "../figures";
import { Card, Meter } from "../parts/card";
import { Page } from "../parts/page";
import { Ready } from "../parts/ready";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";
import { Group } from "./group";
import { useTrail } from "./trail";

const t = texts.section;

export function Section({ course, id }: { course: string; id: string }) {
  const resource = useResource(paths.section(course, id));
  const trail = useTrail(course);
  return (
    <Ready of={resource} title={t.one} trail={trail}>
      {(body) => (
        <Page title={body.title || body.sectionId} kind={t.one} trail={trail}>
          <Group figures={body} />
          <Card title={t.members}>
            <Table
              caption={t.membersCaption}
              rows={body.members}
              keyOf={(member) => member.learnerId}
              columns={MEMBERS}
              find={called}
            />
          </Card>
        </Page>
      )}
    </Ready>
  );
}

function called(member: Member): string {
  return member.name ?? member.learnerId;
}

/** Enough of a pseudonym to tell learners of a section apart. */
const SHORT = 9;

const MEMBERS: readonly Column<Member>[] = [
  {
    label: t.member,
    value: (member) => (
      <a href={to.learner(member.learnerId)}>{member.name ?? member.learnerId.slice(0, SHORT)}</a>
    ),
    by: called,
  },
  {
    label: texts.scores.results,
    value: (member) => count(member.results),
    by: (member) => member.results,
    kind: "number",
  },
  {
    label: texts.scores.missing,
    value: (member) => count(member.missing),
    by: (member) => member.missing,
    kind: "number",
  },
  {
    label: texts.scores.late,
    value: (member) => count(member.late),
    by: (member) => member.late,
    kind: "number",
  },
  {
    label: texts.scores.mean,
    value: (member) => <Meter value={member.mean} text={percent(member.mean)} />,
    by: (member) => member.mean,
    kind: "number",
  },
];
