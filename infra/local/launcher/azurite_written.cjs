"use strict";
// Loaded into Azurite before its own code. Event Grid tells of blobs that were written; Azurite tells nobody. Here it
// does:
//
//   GET /_local/written/{container}?after={position}&wait={seconds}   ->   {"position": "…", "names": [...]}
//
// Without `after` it tells where the container stands. With it the answer is held until something is written
// behind that position, or the time is over. 410 when the position is of another run, or too long ago.

const http = require("node:http");

const PREFIX = "/_local/written/";
const KEPT = 10_000; // names for each container
const RUN = Date.now().toString(36);
const WRITING = new Set([null, "blocklist"]); // Put Blob and Copy Blob have no `comp`, Put Block List has this one

const containers = new Map();

function container(name) {
  if (!containers.has(name)) {
    containers.set(name, { count: 0, names: [], waiting: new Set() });
  }
  return containers.get(name);
}

function told(name, after, response) {
  const { count, names } = container(name);
  const [run, position] = after.split("-");
  const since = count - Number(position);
  if (run !== RUN || !(since >= 0 && since <= names.length)) {
    response.writeHead(410).end();
    return;
  }
  const body = { position: `${RUN}-${count}`, names: names.slice(names.length - since) };
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function answer(request, response) {
  const url = new URL(request.url, "http://local");
  const name = url.pathname.slice(PREFIX.length);
  const { count, waiting } = container(name);
  const here = `${RUN}-${count}`;
  const after = url.searchParams.get("after") ?? here;
  const seconds = Number(url.searchParams.get("wait") ?? 0);
  if (after !== here || seconds === 0) {
    told(name, after, response);
    return;
  }
  const end = () => {
    clearTimeout(timer);
    waiting.delete(end);
    told(name, after, response);
  };
  const timer = setTimeout(end, seconds * 1000);
  waiting.add(end);
  response.on("close", () => {
    clearTimeout(timer);
    waiting.delete(end);
  });
}

function written(name, blob) {
  const own = container(name);
  own.count += 1;
  own.names.push(blob);
  if (own.names.length > 2 * KEPT) {
    own.names.splice(0, KEPT);
  }
  for (const end of [...own.waiting]) {
    end();
  }
}

const emit = http.Server.prototype.emit;
http.Server.prototype.emit = function emitOrAnswer(event, request, ...others) {
  if (event === "request" && request.url.startsWith(PREFIX)) {
    answer(request, ...others);
    return true;
  }
  return emit.call(this, event, request, ...others);
};

const end = http.ServerResponse.prototype.end;
http.ServerResponse.prototype.end = function endAndTell(...args) {
  const result = end.apply(this, args);
  if (this.req.method === "PUT" && (this.statusCode === 201 || this.statusCode === 202)) {
    const url = new URL(this.req.originalUrl ?? this.req.url, "http://local");
    const [, , name, ...blob] = url.pathname.split("/"); // the account comes first
    if (blob.length > 0 && WRITING.has(url.searchParams.get("comp"))) {
      written(name, decodeURIComponent(blob.join("/")));
    }
  }
  return result;
};
