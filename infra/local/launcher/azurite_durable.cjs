"use strict";
// Loaded into Azurite before its own code. Azurite keeps its catalogue in memory and saves it every five seconds,
// so that a killed process forgets writes that it has confirmed. Blob Storage never does. Here the answer to a
// writing request is held back until the catalogue, with that write in it, has been saved; writes that arrive
// while a save runs share the next one.

const http = require("node:http");
const Loki = require("lokijs");

const READING = new Set(["GET", "HEAD", "OPTIONS"]);
const catalogues = new Set();

const configure = Loki.prototype.configureOptions; // every catalogue calls it once, when it is constructed
Loki.prototype.configureOptions = function configureAndRemember(...args) {
  catalogues.add(this);
  return configure.apply(this, args);
};

function saved(catalogue) {
  // A save that runs now may have begun before this write: only one that begins later is sure to hold it.
  if (!catalogue.throttledSavePending && !catalogue.autosaveDirty()) {
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    catalogue.saveDatabase((error) => (error ? reject(error) : resolve()));
  });
}

const end = http.ServerResponse.prototype.end;
http.ServerResponse.prototype.end = function endAfterSave(...args) {
  if (READING.has(this.req.method)) {
    return end.apply(this, args);
  }
  Promise.all([...catalogues].map(saved)).then(
    () => end.apply(this, args),
    (error) => {
      process.stderr.write(`the catalogue could not be saved: ${error.message}\n`);
      this.destroy();
    },
  );
  return this;
};
