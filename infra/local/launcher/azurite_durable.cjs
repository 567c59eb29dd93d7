"use strict";
// Loaded into Azurite before its own code. Azurite keeps its catalogues in memory and saves each whole every five
// seconds, so that a killed process forgets writes that it has confirmed. Blob Storage never does. Here each change
// is appended to a journal beside its catalogue when it happens, which is before its answer, and a catalogue that is
// loaded goes through its journals first.
//
// A line is `[collection, id, document]`, or `[collection, id]` of a document that was deleted. What the last line
// about a document says holds: lines that a saved catalogue has in it already do no harm.

const fs = require("node:fs");
const path = require("node:path");
const Loki = require("lokijs");

const NEWLY_INDEXED = 0; // a version whose indices are made anew when it is loaded

class Journal {
  constructor(catalogue) {
    this.prefix = `${catalogue}.journal-`;
    this.number = Math.max(0, ...this.numbers()) + 1;
    this.file = undefined;
  }

  numbers() {
    const folder = path.dirname(this.prefix);
    const prefix = path.basename(this.prefix);
    const names = fs.readdirSync(folder).filter((name) => name.startsWith(prefix));
    return names.map((name) => Number(name.slice(prefix.length))).sort((one, other) => one - other);
  }

  append(line) {
    this.file ??= fs.openSync(this.prefix + this.number, "a");
    fs.writeSync(this.file, `${JSON.stringify(line)}\n`);
  }

  lines() {
    const files = this.numbers().map((number) => fs.readFileSync(this.prefix + number, "utf8"));
    // A line without its end was never confirmed.
    return files.flatMap((content) => content.split("\n").slice(0, -1)).map((line) => JSON.parse(line));
  }

  /** Begin a new one, since all that was appended so far is being saved; returns what removes those before. */
  next() {
    const saved = this.numbers();
    if (this.file !== undefined) {
      fs.closeSync(this.file);
      this.file = undefined;
    }
    this.number += 1;
    return () => saved.forEach((number) => fs.rmSync(this.prefix + number));
  }
}

const journals = new Map();

function journal(catalogue) {
  if (!journals.has(catalogue)) {
    journals.set(catalogue, new Journal(catalogue));
  }
  return journals.get(catalogue);
}

function broughtForward(catalogue, lines) {
  for (const collection of catalogue.collections) {
    const documents = new Map(collection.data.map((one) => [one.$loki, one]));
    for (const [, id, document] of lines.filter(([name]) => name === collection.name)) {
      documents.delete(id);
      if (document !== undefined) {
        documents.set(id, document);
      }
      collection.maxId = Math.max(collection.maxId, id); // no id is given again, not even of what was deleted
    }
    collection.data = [...documents.values()].sort((one, other) => one.$loki - other.$loki);
  }
  return { ...catalogue, databaseVersion: NEWLY_INDEXED };
}

const add = Loki.prototype.addCollection; // also called for each collection of a catalogue that is loaded
Loki.prototype.addCollection = function addAndFollow(name, ...options) {
  const isNew = this.collections.every((one) => one.name !== name);
  const collection = add.call(this, name, ...options);
  if (isNew) {
    const append = (document, ...content) => journal(this.filename).append([name, document.$loki, ...content]);
    collection.on("insert", (inserted) => [inserted].flat().forEach((one) => append(one, one)));
    collection.on("update", (updated) => append(updated, updated));
    collection.on("delete", (deleted) => append(deleted));
  }
  return collection;
};

const { loadDatabase, saveDatabase } = Loki.LokiFsAdapter.prototype;
Loki.LokiFsAdapter.prototype.loadDatabase = function loadWithJournal(name, callback) {
  loadDatabase.call(this, name, (saved) =>
    callback(typeof saved === "string" ? broughtForward(JSON.parse(saved), journal(name).lines()) : saved),
  );
};
Loki.LokiFsAdapter.prototype.saveDatabase = function saveAndBeginJournal(name, content, callback) {
  const remove = journal(name).next();
  saveDatabase.call(this, name, content, (error) => {
    if (!error) {
      remove();
    }
    callback(error);
  });
};
