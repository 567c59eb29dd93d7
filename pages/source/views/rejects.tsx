// The rejected records of a file: how many for which reason, and each with its place. Never what they hold.

import { useState } from "preact/hooks";
import { read } from "../api/client";
import type { IngestView, RejectPage, RejectView } from "../api/models";
import * as paths from "../api/paths";
import { useResource } from "../api/resource";
import { count } from "../figures";
import { Card } from "../parts/card";
import { type Column, Table } from "../parts/table";
import { texts } from "../texts";

const t = texts.files;

export function Rejects({ ingest, hasMembers }: { ingest: IngestView; hasMembers: boolean }) {
  const first = useResource(paths.rejects(ingest.id));
  if (first.state !== "ready") return null;
  return (
    <Card title={t.rejects}>
      {first.body.items.length === 0 ? (
        <p class="note">{t.noRejects}</p>
      ) : (
        <>
          <Reasons counts={ingest.rejectCounts} />
          <Listed ingest={ingest.id} first={first.body} hasMembers={hasMembers} />
        </>
      )}
    </Card>
  );
}

type Reason = readonly [code: string, n: number];

const Reasons = ({ counts }: { counts: Record<string, number> }) => (
  <Table
    caption={t.reasons}
    isCaptionShown
    rows={Object.entries(counts).toSorted(([, a], [, b]) => b - a)}
    columns={[
      { label: t.code, value: ([code]: Reason) => code, by: ([code]: Reason) => code },
      { label: t.rejected, value: ([, n]: Reason) => count(n), by: ([, n]: Reason) => n, kind: "number" },
    ]}
  />
);

/** The first page as it is now, and further ones as the user asks for them. */
function Listed(props: { ingest: string; first: RejectPage; hasMembers: boolean }) {
  const [further, setFurther] = useState<readonly RejectPage[]>([]);
  const pages = [props.first, ...further];
  const cursor = pages.at(-1)?.nextCursor;
  const more = async (from: string) => {
    const { body } = await read(paths.rejects(props.ingest, from));
    setFurther([...further, body]);
  };
  return (
    <Table
      caption={t.rejectsCaption}
      isCaptionShown
      rows={pages.flatMap((page) => page.items)}
      columns={props.hasMembers ? [MEMBER, ...PLACE] : PLACE}
      more={cursor ? () => void more(cursor) : undefined}
    />
  );
}

const MEMBER: Column<RejectView> = { label: t.table, value: (reject) => reject.member };
const PLACE: readonly Column<RejectView>[] = [
  { label: t.record, value: (reject) => count(reject.record), by: (reject) => reject.record, kind: "number" },
  { label: t.byte, value: (reject) => count(reject.byte), by: (reject) => reject.byte, kind: "number" },
  { label: t.column, value: (reject) => reject.column ?? texts.none, by: (reject) => reject.column },
  { label: t.code, value: (reject) => reject.code, by: (reject) => reject.code },
  { label: t.reason, value: (reject) => reject.message, kind: "prose" },
];
