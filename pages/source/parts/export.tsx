// Offers a list as a file: fetched with the caller's token, then handed to the browser to keep.

import { useState } from "preact/hooks";
import { fetchFile, Problem } from "../api/client";
import { texts } from "../texts";

const t = texts.exports;

export function Export({ path, what }: { path: string; what: string }) {
  const [hasFailed, setFailed] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const onClick = async () => {
    setBusy(true);
    setFailed(!(await kept(path)));
    setBusy(false);
  };
  return (
    <p class="export">
      <button type="button" class="quiet" aria-disabled={isBusy} aria-label={t.of(what)} onClick={onClick}>
        {t.csv}
      </button>
      {hasFailed && <span role="alert">{t.failed}</span>}
    </p>
  );
}

/** Fetches and keeps the file; tells whether the server gave it. */
async function kept(path: string): Promise<boolean> {
  try {
    keep(await fetchFile(path));
    return true;
  } catch (fault) {
    if (fault instanceof Problem) return false;
    throw fault;
  }
}

function keep(file: File): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  URL.revokeObjectURL(link.href);
}
