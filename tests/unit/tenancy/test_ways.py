"""What a record may say about who sends files for its tenant."""

import base64
import subprocess
from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.kernel.errors import Conflict, Forbidden, NotFound
from shared.kernel.scope import TenantScope
from shared.tenancy.model import Ingress, TenantStatus
from shared.tenancy.ways import ApplianceKey, SenderRule, SftpKey, WaysIn
from tests.fixtures.tenancy import STAMP, MemoryTenancy, tenant


def a_key(algorithm: str = "ssh-ed25519", filling: bytes = b"k") -> str:
    blob = len(algorithm).to_bytes(4) + algorithm.encode() + filling * 40
    return f"{algorithm} {base64.b64encode(blob).decode()}"


@pytest.mark.parametrize("comment", ["", " nightly@sis", " two words\n"])
def test_a_key_is_kept_without_its_comment(comment: str) -> None:
    assert SftpKey(name="sis", public=a_key() + comment).public == a_key()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("", "begins with one of"),
        ("ssh-dss AAAA", "begins with one of"),
        ("ssh-ed25519 !!!", "base64"),
        ("ssh-ed25519", "not one of ssh-ed25519"),
        ("ssh-rsa " + a_key().split()[1], "not one of ssh-rsa"),
        ('command="sh" ' + a_key(), "begins with one of"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "begins with one of"),
    ],
)
def test_what_is_no_public_key_is_refused_with_the_reason(line: str, fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        SftpKey(name="sis", public=line)


def test_a_key_of_the_usual_tool_is_one(tmp_path: Path) -> None:
    file = tmp_path / "id"
    made = subprocess.run(
        ["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", file], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("ssh-keygen is missing")
    assert SftpKey(name="sis", public=file.with_suffix(".pub").read_text()).public.startswith("ecdsa-")


def test_keys_are_told_apart_by_their_names() -> None:
    first, second = SftpKey(name="sis", public=a_key()), SftpKey(name="lms", public=a_key(filling=b"m"))
    newer = SftpKey(name="sis", public=a_key(filling=b"n"))
    ways = WaysIn().with_key(first).with_key(second).with_key(newer)
    assert ways.sftp_keys == (second, newer)
    assert ways.without_key("sis").without_key("none").sftp_keys == (second,)
    with pytest.raises(ValidationError, match="'sis' is listed 2 times"):
        WaysIn(sftp_keys=(first, newer))


async def test_ways_change_for_one_tenant_and_are_in_force_at_once() -> None:
    tenancy = MemoryTenancy()
    for name in ("north", "south"):
        await tenancy.tenants.put(tenant(name))
    scope = TenantScope.of_iteration("north", STAMP, "test", "c")
    await tenancy.service.of(scope)
    key = SftpKey(name="sis", public=a_key())
    assert (await tenancy.service.set_ways(scope, lambda ways: ways.with_key(key))).sftp_keys == (key,)
    assert (await tenancy.service.of(scope)).ways.sftp_keys == (key,)
    assert tenancy.tenants.records["south"].ways == WaysIn()


async def test_ways_of_a_tenant_that_is_not_served_are_not_changed() -> None:
    tenancy = MemoryTenancy()
    await tenancy.tenants.put(tenant("north", status=TenantStatus.SUSPENDED))
    with pytest.raises(NotFound):
        await tenancy.service.set_ways(TenantScope.of_iteration("north", STAMP, "test", "c"), lambda it: it)


A_KEY = base64.b64encode(b"k" * 32).decode()


@pytest.mark.parametrize(
    ("public", "fault"),
    [("!!!", "base64"), ("", "32 bytes"), (base64.b64encode(b"k" * 31).decode(), "32 bytes")],
)
def test_what_is_no_key_of_an_appliance_is_refused_with_the_reason(public: str, fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        ApplianceKey(name="basement", public=public)


def test_an_appliance_is_listed_once_and_gives_way_to_one_of_its_name() -> None:
    old = ApplianceKey(name="basement", public=base64.b64encode(b"o" * 32).decode())
    new = ApplianceKey(name="basement", public=A_KEY + "\n")

    ways = WaysIn().with_appliance(old).with_appliance(new)

    assert [it.public_bytes for it in ways.appliances] == [b"k" * 32]
    assert WaysIn.model_validate(ways.document()) == ways
    assert ways.without_appliance("basement").appliances == ()
    with pytest.raises(ValidationError, match="listed 2 times"):
        WaysIn(appliances=(old, new))


async def test_keys_and_policy_of_a_suspended_tenant_hold_so_that_what_landed_is_finished() -> None:
    tenancy = MemoryTenancy()
    ways = WaysIn(appliances=(ApplianceKey(name="basement", public=A_KEY),))
    asleep = tenant("south", status=TenantStatus.SUSPENDED, ingress=Ingress.APPLIANCE_ONLY, ways=ways)
    await tenancy.tenants.put(asleep)
    scope = TenantScope.of_iteration("south", STAMP, "test", "c")

    assert await tenancy.service.appliance_only(scope)
    assert await tenancy.service.appliance_keys(scope) == (b"k" * 32,)
    with pytest.raises(NotFound):
        await tenancy.service.appliance_keys(TenantScope.of_iteration("nobody", STAMP, "test", "c"))


@pytest.mark.parametrize(
    "text", ["", "sis.example", "a b@sis.example", "a@", "a@b@c", "<a@b.example>", "@-x.example"]
)
def test_what_is_no_sender_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="a sender is an address"):
        SenderRule(sender=text)


def test_a_rule_names_one_address_or_a_whole_domain_and_nobody_else() -> None:
    address, domain = SenderRule(sender="Nightly@SIS.example"), SenderRule(sender="@sis.example")
    assert address.names("nightly@sis.example")
    assert domain.names("anybody@sis.example")
    for other in ("x@sis.example", "nightly@sis.example.evil", ""):
        assert not address.names(other)
    for other in ("x@evil-sis.example", "x@sub.sis.example", "sis.example", ""):
        assert not domain.names(other)


def test_the_rule_that_fits_feed_and_proof_is_found() -> None:
    loose = SenderRule(sender="@sis.example", feed="canvas", proven=False)
    strict = SenderRule(sender="nightly@sis.example", feed="powerschool")
    ways = WaysIn().with_sender(loose).with_sender(strict)
    assert ways.rule_for("nightly@sis.example", "powerschool", proven=True) == strict
    assert ways.rule_for("nightly@sis.example", None, proven=False) == loose
    for feed, proven, reason in (("powerschool", False, "not-proven"), ("other", True, "not-for-this-feed")):
        with pytest.raises(Forbidden, match=reason):
            ways.rule_for("nightly@sis.example", feed, proven=proven)
    assert ways.without_sender("Nightly@sis.example").senders == (loose,)


async def test_a_change_of_the_ways_that_somebody_else_made_meanwhile_is_not_overwritten() -> None:
    tenancy = MemoryTenancy()
    await tenancy.tenants.put(tenant("north"))
    scope = TenantScope.of_iteration("north", STAMP, "test", "c")
    mine, theirs = SenderRule(sender="@mine.example"), SenderRule(sender="@theirs.example")

    def change(ways: WaysIn) -> WaysIn:
        record = tenancy.tenants.records["north"]
        changed = record.model_copy(update={"ways": ways.with_sender(theirs)})
        tenancy.tenants.records["north"] = changed
        return ways.with_sender(mine)

    with pytest.raises(Conflict, match="try again"):
        await tenancy.service.set_ways(scope, change)
    assert (await tenancy.service.of(scope)).ways.senders == (theirs,)
