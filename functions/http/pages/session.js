// Signing in: OpenID Connect authorization code flow with PKCE (RFC 7636). The token lives in this tab only.

const KEPT = "termtide.token";
const PENDING = "termtide.pending";

const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const home = () => location.origin + location.pathname;

export const token = () => sessionStorage.getItem(KEPT);
export const signOut = () => sessionStorage.removeItem(KEPT);

/** Reads the endpoints of a provider from its discovery document (OpenID Connect Discovery 1.0, section 4). */
async function endpoints(provider) {
  const reply = await fetch(`${provider.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  return reply.json();
}

/** Leaves for the sign-in page of the identity provider. */
export async function signIn(provider) {
  const pending = { verifier: random(), state: random(), hash: location.hash };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(pending.verifier));
  const query = new URLSearchParams({
    response_type: "code", client_id: provider.clientId, redirect_uri: home(), scope: "openid",
    state: pending.state, code_challenge: base64url(digest), code_challenge_method: "S256",
  });
  const { authorization_endpoint: page } = await endpoints(provider);
  location.assign(`${page}?${query}`);
}

/** Finishes a sign-in that has just come back with a code; true when a token is there now. */
export async function finishSignIn(provider) {
  const answer = new URLSearchParams(location.search);
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? "null");
  if (!answer.has("code") || !pending || answer.get("state") !== pending.state) return Boolean(token());
  sessionStorage.removeItem(PENDING);
  history.replaceState(null, "", home() + pending.hash);
  const { token_endpoint: exchange } = await endpoints(provider);
  const reply = await fetch(exchange, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code", code: answer.get("code"), client_id: provider.clientId,
      redirect_uri: home(), code_verifier: pending.verifier,
    }),
  });
  if (!reply.ok) return false;
  sessionStorage.setItem(KEPT, (await reply.json()).access_token);
  return true;
}
