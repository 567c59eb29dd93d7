// The views of files on their way in: the list with progress, and one file with its rejected records.

import { el, table, tiles } from "./elements.js";
import { count, time } from "./figures.js";
import { read } from "./api.js";

const segment = encodeURIComponent;
const DONE = new Set(["folded", "failed", "duplicate", "superseded"]);

const progress = (ingest) => el("progress", {
  max: "1", value: String(DONE.has(ingest.state) ? 1 : (ingest.chunksDone + 0.5) / (ingest.chunks + 1)),
  "aria-label": `Progress of ${ingest.fileName}`,
});
const rejected = (ingest) => (ingest.rejected
  ? el("span", { class: "faults" }, count(ingest.rejected)) : count(ingest.rejected));

export async function files() {
  const { items } = await read("ingests?limit=50");
  if (items.length === 0) return [el("h1", {}, "Files"), el("p", { class: "note" }, "No file has landed yet.")];
  return [
    el("h1", {}, "Files"),
    el("section", { class: "card" }, table("Newest files first", [
      { label: "File", value: (i) => el("a", { href: `#/files/${segment(i.id)}` }, i.fileName) },
      { label: "State", value: (i) => i.state },
      { label: "Progress", value: progress },
      { label: "Accepted", value: (i) => count(i.accepted), number: true },
      { label: "Rejected", value: rejected, number: true },
      { label: "Landed", value: (i) => time(i.landedAt) },
    ], items)),
  ];
}

const tables = (members) => el("section", { class: "card" }, el("h2", {}, "Tables"), table("The tables of the file, and how each is read", [
  { label: "Table", value: (m) => m.name },
  { label: "Part of the feed", value: (m) => m.part },
  { label: "Read as", value: (m) => `${m.lines}, ${m.encoding}` },
  { label: "Records", value: (m) => count(m.records), number: true },
  { label: "Chunks done", value: (m) => `${count(m.chunksDone)} of ${count(m.chunks)}`, number: true },
  { label: "Columns that nobody reads", value: (m) => (m.drift.length ? m.drift.join(", ") : "–"), prose: true },
], members));

export async function file(id) {
  const path = `ingests/${segment(id)}`;
  const [ingest, rejects] = await Promise.all([read(path), read(`${path}/rejects?limit=100`)]);
  const members = ingest.chunks ? (await read(`${path}/plan`)).members : [];
  return [
    el("p", {}, el("a", { href: "#/files" }, "Files")),
    el("h1", {}, ingest.fileName),
    tiles([["State", ingest.state], ["Records", count(ingest.records)], ["Accepted", count(ingest.accepted)],
      ["Rejected", count(ingest.rejected)], ["Facts", count(ingest.facts)],
      ["Records a second", ingest.pace ? count(Math.round(ingest.pace.recordsPerSecond)) : "–"]]),
    ingest.failure ? el("p", { class: "card faults" }, ingest.failure.detail) : null,
    ingest.warnings.map((warning) => el("p", { class: "card note" }, warning)),
    members.length ? tables(members) : null,
    el("section", { class: "card" }, el("h2", {}, "Rejected records"),
      rejects.items.length === 0 ? el("p", { class: "note" }, "None.") : table("The first hundred, with place and reason", [
        ...(members.length > 1 ? [{ label: "Table", value: (r) => r.member }] : []),
        { label: "Record", value: (r) => count(r.record), number: true },
        { label: "Byte", value: (r) => count(r.byte), number: true },
        { label: "Column", value: (r) => r.column ?? "–" },
        { label: "Code", value: (r) => r.code },
        { label: "Reason", value: (r) => r.message, prose: true },
      ], rejects.items)),
  ];
}
