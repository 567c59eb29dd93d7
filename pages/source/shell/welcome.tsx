// What a visitor sees who has not signed in.

import { useEffect } from "preact/hooks";
import type { SignIn } from "../api/models";
import { signIn } from "../session";
import { texts } from "../texts";

export function Welcome({ provider, isStranger }: { provider: SignIn | null; isStranger: boolean }) {
  useEffect(() => {
    document.title = texts.brand;
  }, []);
  return (
    <section class="card welcome">
      <h1>{texts.session.welcome}</h1>
      <p>{isStranger ? texts.session.stranger : texts.session.invitation}</p>
      {provider ? (
        <button type="button" onClick={() => void signIn(provider)}>
          {texts.session.signIn}
        </button>
      ) : (
        <p role="alert">{texts.session.unreachable}</p>
      )}
    </section>
  );
}
