// One file: its counts, when it reached each step, how its tables are read, and every rejected record.

import { to } from "../addresses";
import type { IngestState, IngestView, MemberView } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { bytes, count, time } from "../figures";
import { Card, Tiles } from "../parts/card";
import { Page, type Step } from "../parts/page";
import { Ready } from "../parts/ready";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";
import { Progress, Rejected, State } from "./files";
import { Rejects } from "./rejects";

const t = texts.files;
const TRAIL: readonly Step[] = [[t.title, to.files]];

export function File({ id }: { id: string }) {
  const resource = useResource(paths.ingest(id));
  return (
    <Ready of={resource} title={t.file} trail={TRAIL}>
      {(ingest) => (
        <Page title={ingest.fileName} kind={t.file} trail={TRAIL}>
          <Shown ingest={ingest} />
        </Page>
      )}
    </Ready>
  );
}

function Shown({ ingest }: { ingest: IngestView }) {
  const plan = useResource(ingest.chunks > 0 ? paths.plan(ingest.id) : null);
  const members = plan.state === "ready" ? plan.body.members : [];
  return (
    <>
      <p class="progress">
        <State state={ingest.state} /> <Progress ingest={ingest} />
      </p>
      <Tiles
        tiles={[
          [t.records, count(ingest.records)],
          [t.accepted, count(ingest.accepted)],
          [t.rejected, <Rejected n={ingest.rejected} />],
          [t.facts, count(ingest.facts)],
          [t.size, bytes(ingest.size)],
          [t.pace, count(ingest.pace ? Math.round(ingest.pace.recordsPerSecond) : null)],
        ]}
      />
      {ingest.failure && (
        <Card title={t.failure}>
          <p class="faults">{ingest.failure.detail}</p>
        </Card>
      )}
      {ingest.warnings.length > 0 && (
        <Card title={t.warnings}>
          <ul>
            {ingest.warnings.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Card>
      )}
      <div class="split">
        <Steps ingest={ingest} />
        {members.length > 0 && (
          <Card title={t.tables}>
            <Table caption={t.tablesCaption} rows={members} columns={MEMBERS} />
          </Card>
        )}
      </div>
      <Rejects ingest={ingest} hasMembers={members.length > 1} />
    </>
  );
}

type Reached = readonly [state: IngestState, at: string];

function Steps({ ingest }: { ingest: IngestView }) {
  const steps = Object.entries(ingest.reached) as unknown as Reached[];
  return (
    <Card title={t.steps}>
      <Table
        caption={t.stepsCaption}
        rows={steps.toSorted(([, a], [, b]) => a.localeCompare(b))}
        columns={[
          { label: t.step, value: ([state]: Reached) => t.states[state] },
          { label: t.when, value: ([, at]: Reached) => time(at), kind: "number" },
        ]}
      />
      <p class="note">
        {t.way}: {t.ways[ingest.way] ?? ingest.way}
        {ingest.feed && ` · ${t.feed}: ${ingest.feed}`}
      </p>
    </Card>
  );
}

const MEMBERS: readonly Column<MemberView>[] = [
  { label: t.table, value: (member) => member.name },
  { label: t.part, value: (member) => member.part },
  { label: t.readAs, value: (member) => `${member.lines}, ${member.encoding}` },
  { label: t.records, value: (member) => count(member.records), kind: "number" },
  {
    label: t.chunks,
    value: (member) => t.ofChunks(count(member.chunksDone), count(member.chunks)),
    kind: "number",
  },
  { label: t.drift, value: (member) => member.drift.join(", ") || texts.none, kind: "prose" },
];
