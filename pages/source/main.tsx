// Starts the page: finishes a sign-in that has come back, then shows the shell.

import { render } from "preact";
import { read } from "./api/client";
import * as paths from "./api/paths";
import { finishSignIn } from "./session";
import { Shell } from "./shell/shell";
import { texts } from "./texts";

const root = document.documentElement;
root.lang = texts.language;
root.dir = texts.direction;

const page = document.getElementById("page");
if (!page) throw new Error("the document has no place for the page");

const provider = await read(paths.signIn).then(
  (answer) => answer.body,
  () => null,
);
if (provider) await finishSignIn(provider);
// What the document shows meanwhile stays until now: it is a visitor's first paint.
page.replaceChildren();
render(<Shell provider={provider} />, page);
