"""The sign-in page: choose a demo district and a role. Plain HTML, without script."""

from collections.abc import Iterable, Mapping
from html import escape

from infra.local.issuer.codes import SignInRequest

ROLES: Mapping[str, str] = {
    "TenantAdmin": "District administrator",
    "Instructor": "Teacher",
    "Learner": "Learner",
    "SupportReadonly": "Support, read only",
    "SuperAdmin": "Operator of the platform",
}

_STYLE = """
:root { color-scheme: light dark; --accent: #1b5e7a; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --accent: #8fd0ee; --on-accent: #06202c; } }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh;
  display: grid; place-items: center; }
main { width: min(24rem, 100% - 2rem); padding: 2rem 0; }
label { display: block; margin-top: 1rem; font-weight: 600; }
select, input, button { font: inherit; width: 100%; box-sizing: border-box;
  padding: .6rem; margin-top: .3rem; }
button { margin-top: 1.5rem; border: 0; border-radius: .3rem; font-weight: 600;
  background: var(--accent); color: var(--on-accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
"""


def sign_in_page(request: SignInRequest, districts: Mapping[str, str]) -> str:
    """Return the form; it carries the request along in hidden fields."""
    hidden = {
        "client_id": request.client_id,
        "redirect_uri": request.redirect_uri,
        "state": request.state,
        "code_challenge": request.challenge,
    }
    carried = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in hidden.items()
    )
    return _document(
        "Demo sign-in",
        "<p>For development: nobody is asked for a password.</p>"
        f'<form method="post" action="authorize">{carried}{_district(districts)}'
        f'<label for="role">Role</label><select id="role" name="role">{_options(ROLES.items())}</select>'
        '<button type="submit">Sign in</button></form>',
    )


def refusal_page(reason: str) -> str:
    """Return the page for a request that can't be answered by going back."""
    return _document("This sign-in can't go on", f'<p role="alert">{escape(reason)}</p>')


def _district(districts: Mapping[str, str]) -> str:
    label = '<label for="tenant">District</label>'
    if districts:
        return f'{label}<select id="tenant" name="tenant">{_options(districts.items())}</select>'
    return (
        f'{label}<input id="tenant" name="tenant" required autocomplete="off" aria-describedby="none">'
        '<p id="none">No demo district has been seeded yet: type the id of a tenant.</p>'
    )


def _options(choices: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in choices)


def _document(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} - Termtide</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
