// Signing in: OpenID Connect authorization code flow with PKCE (RFC 7636). The token lives in this tab only.

import type { SignIn } from "./api/models";

const KEPT = "termtide.token";
const PENDING = "termtide.pending";

interface Pending {
  readonly verifier: string;
  readonly state: string;
  readonly hash: string;
}

/** What the provider's discovery document says of its addresses (OpenID Connect Discovery 1.0, section 4). */
interface Endpoints {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
}

export const token = () => sessionStorage.getItem(KEPT);
export const forget = () => sessionStorage.removeItem(KEPT);

/** Leaves for the sign-in page of the identity provider; it sends the user back to the same view. */
export async function signIn(provider: SignIn): Promise<void> {
  const pending: Pending = { verifier: random(), state: random(), hash: location.hash };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(pending.verifier));
  const query = new URLSearchParams({
    response_type: "code",
    client_id: provider.clientId,
    redirect_uri: home(),
    scope: "openid",
    state: pending.state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
  });
  const { authorization_endpoint: page } = await endpoints(provider);
  location.assign(`${page}?${query}`);
}

/** Finishes a sign-in that has just come back with a code; any other visit is left as it is. */
export async function finishSignIn(provider: SignIn): Promise<void> {
  const answer = new URLSearchParams(location.search);
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? "null") as Pending | null;
  const code = answer.get("code");
  if (!code || !pending || answer.get("state") !== pending.state) return;
  sessionStorage.removeItem(PENDING);
  history.replaceState(null, "", home() + pending.hash);
  const { token_endpoint: exchange } = await endpoints(provider);
  const reply = await fetch(exchange, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code,
      client_id: provider.clientId,
      redirect_uri: home(),
      code_verifier: pending.verifier,
    }),
  });
  if (reply.ok) sessionStorage.setItem(KEPT, ((await reply.json()) as { access_token: string }).access_token);
}

async function endpoints(provider: SignIn): Promise<Endpoints> {
  const reply = await fetch(`${provider.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  return (await reply.json()) as Endpoints;
}

const home = () => location.origin + location.pathname;
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

function base64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
