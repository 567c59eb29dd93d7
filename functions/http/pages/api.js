// Talks to the API of the same origin: bearer token, ETags, problem documents (RFC 9457).

import { signOut, token } from "./session.js";

const known = new Map();

export class Problem extends Error {
  constructor(document, status) {
    super(document.detail || document.title || `HTTP ${status}`);
    this.status = status;
  }
}

/** Reads `path` relative to the API; an unchanged answer costs a 304 and returns the object that was read before. */
export async function read(path) {
  const before = known.get(path);
  const headers = { accept: "application/json" };
  if (token()) headers.authorization = `Bearer ${token()}`;
  if (before?.etag) headers["if-none-match"] = before.etag;
  const reply = await fetch(path, { headers, cache: "no-store" });
  if (reply.status === 304) return before.body;
  if (reply.status === 401) signOut();
  const body = await reply.json();
  if (!reply.ok) throw new Problem(body, reply.status);
  known.set(path, { etag: reply.headers.get("etag"), body });
  return body;
}
