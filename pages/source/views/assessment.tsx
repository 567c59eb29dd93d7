// An assessment: its figures, how scores spread, and what became of each learner's work.

import { to } from "../addresses";
import type { AssessmentDashboard } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { count, share } from "../figures";
import { Card } from "../parts/card";
import { Page } from "../parts/page";
import { Ready } from "../parts/ready";
import { Table } from "../parts/table";
import { texts } from "../texts";
import { Group } from "./group";
import { useItems } from "./items";
import { useTrail } from "./trail";

const t = texts.assessment;

export function Assessment({ course, id }: { course: string; id: string }) {
  const resource = useResource(paths.assessment(course, id));
  const trail = useTrail(course);
  return (
    <Ready of={resource} title={t.one} trail={trail}>
      {(body) => (
        <Page title={body.title} kind={t.one} trail={trail}>
          <Shown body={body} />
        </Page>
      )}
    </Ready>
  );
}

function Shown({ body }: { body: AssessmentDashboard }) {
  return (
    <>
      <Group figures={body} />
      <ItemsAhead course={body.courseId} id={body.lineItemId} />
      {body.statuses && <Statuses statuses={body.statuses} />}
    </>
  );
}

/** The way to the item analysis, for an assessment whose items are known. */
function ItemsAhead({ course, id }: { course: string; id: string }) {
  const resource = useItems(course, id);
  if (resource.state !== "ready" || resource.body.items.length === 0) return null;
  const flagged = resource.body.items.filter((item) => item.flags.length > 0).length;
  return (
    <Card title={texts.items.title}>
      <p>{texts.items.mapSummary(flagged, resource.body.items.length)}</p>
      <p>
        <a href={to.items(course, id)}>{texts.items.link}</a>
      </p>
    </Card>
  );
}

type Status = readonly [name: string, n: number];

function Statuses({ statuses }: { statuses: Record<string, number> }) {
  const all = Object.values(statuses).reduce((sum, n) => sum + n, 0);
  return (
    <Card title={t.statuses}>
      <Table
        caption={t.statusesCaption}
        rows={Object.entries(statuses)}
        columns={[
          { label: t.status, value: ([name]: Status) => texts.statuses[name] ?? name },
          {
            label: texts.scores.learners,
            value: ([, n]: Status) => count(n),
            by: ([, n]: Status) => n,
            kind: "number",
          },
          { label: texts.scores.share, value: ([, n]: Status) => share(n / all), kind: "number" },
        ]}
      />
    </Card>
  );
}
