// The files that have landed, newest first, each with how far it has come.

import { to } from "../addresses";
import type { IngestState, IngestView } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { bytes, count, moment } from "../figures";
import { Card, Note, Tag } from "../parts/card";
import { Page } from "../parts/page";
import { Ready } from "../parts/ready";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";

const t = texts.files;
const SHOWN = 50;
const NEWEST = 5;

export function Files() {
  const resource = useResource(paths.ingests(SHOWN));
  return (
    <Ready of={resource} title={t.title}>
      {({ items }) => (
        <Page title={t.title}>
          {items.length === 0 ? (
            <Note>{t.empty}</Note>
          ) : (
            <Card>
              <Table
                caption={t.caption}
                isCaptionShown
                rows={items}
                keyOf={(item) => item.id}
                columns={COLUMNS}
                find={(item) => `${item.fileName} ${t.states[item.state]}`}
              />
            </Card>
          )}
        </Page>
      )}
    </Ready>
  );
}

/** The last few files, for whoever watches them land. */
export function NewestFiles() {
  const resource = useResource(paths.ingests(NEWEST));
  if (resource.state !== "ready" || resource.body.items.length === 0) return null;
  return (
    <Card title={t.newest}>
      <Table caption={t.newest} rows={resource.body.items} keyOf={(item) => item.id} columns={BRIEF} />
      <p>
        <a href={to.files}>{t.all}</a>
      </p>
    </Card>
  );
}

const TONES: Partial<Record<IngestState, "good" | "bad" | "calm">> = {
  folded: "good",
  failed: "bad",
  duplicate: "calm",
  superseded: "calm",
};

export const State = ({ state }: { state: IngestState }) => (
  <Tag tone={TONES[state] ?? "busy"}>{t.states[state]}</Tag>
);

/** How far an ingest has come; nothing more happens to one that has ended. */
export function Progress({ ingest }: { ingest: IngestView }) {
  const isOver = ingest.state in TONES;
  const part = isOver ? 1 : (ingest.chunksDone + 0.5) / (ingest.chunks + 1);
  return <progress max={1} value={part} aria-label={t.progressOf(ingest.fileName)} />;
}

export const Rejected = ({ n }: { n: number }) => (
  <span class={n > 0 ? "faults" : undefined}>{count(n)}</span>
);

const FILE: Column<IngestView> = {
  label: t.file,
  value: (item) => <a href={to.file(item.id)}>{item.fileName}</a>,
  by: (item) => item.fileName,
};
const STATE: Column<IngestView> = {
  label: t.state,
  value: (item) => <State state={item.state} />,
  by: (item) => t.states[item.state],
};
const PROGRESS: Column<IngestView> = { label: t.progress, value: (item) => <Progress ingest={item} /> };
const ACCEPTED: Column<IngestView> = {
  label: t.accepted,
  value: (item) => count(item.accepted),
  by: (item) => item.accepted,
  kind: "number",
};
const REJECTED: Column<IngestView> = {
  label: t.rejected,
  value: (item) => <Rejected n={item.rejected} />,
  by: (item) => item.rejected,
  kind: "number",
};
const SIZE: Column<IngestView> = {
  label: t.size,
  value: (item) => bytes(item.size),
  by: (item) => item.size,
  kind: "number",
};
const LANDED: Column<IngestView> = {
  label: t.landed,
  value: (item) => moment(item.landedAt),
  by: (item) => item.landedAt,
};
const COLUMNS = [FILE, STATE, PROGRESS, ACCEPTED, REJECTED, SIZE, LANDED];
const BRIEF = [FILE, STATE, PROGRESS, REJECTED, LANDED];
