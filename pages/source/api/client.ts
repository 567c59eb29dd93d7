// Reads the API of the same origin: bearer token, entity tags, problem documents (RFC 9457).

import { token } from "../session";

/** An address of the API, which answers with a `T`. */
export type Path<T> = string & { readonly answers?: T };

/** What was read, and how soon the server wants to be asked again. */
export interface Answer<T> {
  readonly body: T;
  readonly etag: string | null;
  readonly seconds: number;
}

/** Why nothing was read. Status 0: the server was not reached. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly seconds: number,
  ) {
    super(message);
  }

  /** Whether the same question may well be answered in a while. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const SECONDS = 2;
const held = new Map<string, Answer<unknown>>();

/** Returns what `path` answered last time, if it was read before. */
export const before = <T>(path: Path<T>) => held.get(path) as Answer<T> | undefined;

/** Reads `path`. What has not changed costs a 304 and is the very object that was read before. */
export async function read<T>(path: Path<T>): Promise<Answer<T>> {
  const last = before(path);
  const reply = await send(path, last?.etag ?? null);
  const seconds = Number(reply.headers.get("next-poll") ?? reply.headers.get("retry-after") ?? SECONDS);
  if (reply.status === 304 && last) return { ...last, seconds };
  if (!reply.ok) throw await problem(reply, seconds);
  const answer = { body: (await reply.json()) as T, etag: reply.headers.get("etag"), seconds };
  held.set(path, answer);
  return answer;
}

/** Fetches the file at `path`, with the name that the server gives it. */
export async function fetchFile(path: string): Promise<File> {
  const reply = await send(path, null, "*/*");
  if (!reply.ok) throw await problem(reply, SECONDS);
  const [, name = "export"] = /filename="([^"]+)"/.exec(reply.headers.get("content-disposition") ?? "") ?? [];
  return new File([await reply.blob()], name);
}

/** Forgets everything that was read, as after signing out. */
export const forgetAnswers = () => held.clear();

async function send(path: string, etag: string | null, accept = "application/json"): Promise<Response> {
  const headers = new Headers({ accept });
  const bearer = token();
  if (bearer) headers.set("authorization", `Bearer ${bearer}`);
  if (etag) headers.set("if-none-match", etag);
  try {
    return await fetch(path, { headers, cache: "no-store" });
  } catch (fault) {
    throw new Problem(0, String(fault), SECONDS);
  }
}

async function problem(reply: Response, seconds: number): Promise<Problem> {
  const isDocument = reply.headers.get("content-type")?.startsWith("application/problem+json");
  const said = isDocument ? ((await reply.json()) as { detail?: string; title?: string }) : {};
  return new Problem(reply.status, said.detail ?? said.title ?? `HTTP ${reply.status}`, seconds);
}
