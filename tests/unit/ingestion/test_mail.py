"""Files that come by mail: whose they are, what is taken, once, and what is put aside."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from shared.ingestion.model import Way
from shared.ingestion.ways import mail as mail_module
from shared.kernel.stamp import StampScope
from shared.tenancy.model import TenantStatus
from shared.tenancy.ways import SenderRule, WaysIn
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.letters import RELAY, a_letter
from tests.fixtures.tenancy import tenant
from tests.fixtures.ways import Door, MemoryMailbox

FIRST = b"student_id,course_id,assessment_id,assessment_title,status,score\n1,c,a,t,graded,5\n"
SECOND = FIRST + b"2,c,a,t,graded,6\n"
PATH = "north/1.eml"
DAILY = SenderRule(sender="nightly@sis.example", proven=False)


def a_door(*rules: SenderRule, power: Power | None = None) -> Door:
    """A door at which one tenant takes mail by some rules."""
    door = Door(power)
    record = tenant("north", ways=WaysIn(senders=rules or (DAILY,)))
    door.tenancy.tenants.records["north"] = record
    return door


async def receive(door: Door, letter: EmailMessage | bytes, path: str = PATH) -> int:
    content = letter if isinstance(letter, bytes) else letter.as_bytes()
    door.mailbox.store(path, content)
    return await door.mail(RELAY).receive(door.stamp, path)


async def test_each_attachment_of_a_known_sender_becomes_an_ingest_and_the_message_goes() -> None:
    door = a_door()
    letter = a_letter({"attempts.csv": FIRST, "Schülerliste (2).csv": SECOND})
    assert await receive(door, letter) == 2
    landed = await door.landed()
    assert list(landed.values()) == [FIRST, SECOND]
    ingests = [(await door.pipeline.ingests.get(door.scope_of("north"), it)).value for it in landed]
    assert [it.file_name for it in ingests] == ["attempts.csv", "Schülerliste (2).csv"]
    assert {it.way for it in ingests} == {Way.MAIL}
    assert (door.mailbox.messages, door.held.held, door.refusals.heard) == ({}, {}, [])


async def test_a_message_that_is_sent_again_does_nothing_twice() -> None:
    door = a_door()
    letter = a_letter({"a.csv": FIRST})
    await receive(door, letter)
    letter.replace_header("Return-Path", "<again@sis.example>")
    letter["Received"] = "from elsewhere"
    assert await receive(door, letter, "north/2.eml") == 0
    assert await door.mail().receive(door.stamp, PATH) == 0
    assert list((await door.landed()).values()) == [FIRST]
    assert not door.mailbox.messages


async def test_another_message_with_the_same_files_and_the_same_message_with_another_file_are_new() -> None:
    door = a_door()
    await receive(door, a_letter({"a.csv": FIRST}))
    assert await receive(door, a_letter({"a.csv": FIRST}, message_id="<2@sis.example>")) == 1
    assert await receive(door, a_letter({"a.csv": SECOND})) == 1
    assert await receive(door, a_letter({"b.csv": SECOND})) == 1


async def test_a_crash_between_any_two_steps_neither_loses_a_file_nor_takes_it_twice() -> None:
    async def scenario(power: Power) -> None:
        door = a_door(power=power)
        door.mailbox.store(PATH, a_letter({"a.csv": FIRST, "b.csv": SECOND}).as_bytes())
        landed: dict[str, bytes] = {}
        for _ in range(2):
            with suppress(PowerCut):
                await door.mail().receive(door.stamp, PATH)
                landed = await door.landed()
        assert sorted(landed.values()) == [FIRST, SECOND]
        assert len(door.pipeline.ingests.outbox) == 2
        assert not door.mailbox.messages

    assert await at_every_crash_point(scenario) >= 9


async def test_two_processes_at_once_take_a_message_once() -> None:
    door = a_door()
    door.mailbox.store(PATH, a_letter({"a.csv": FIRST}).as_bytes())
    await asyncio.gather(*(door.mail().receive(door.stamp, PATH) for _ in range(3)))
    assert list((await door.landed()).values()) == [FIRST]


async def test_a_message_that_another_process_refuses_while_it_is_read_is_refused_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door = a_door()
    door.mailbox.store(PATH, a_letter({"a.csv": FIRST}, sender="x@evil.example").as_bytes())
    read = MemoryMailbox.read

    async def behind_another(mailbox: MemoryMailbox, stamp: StampScope, *place: Any) -> bytes:  # noqa: ANN401
        monkeypatch.setattr(MemoryMailbox, "read", read)
        assert await door.mail().receive(stamp, PATH) == 0
        return await read(mailbox, stamp, *place)

    monkeypatch.setattr(MemoryMailbox, "read", behind_another)
    assert await door.mail().receive(door.stamp, PATH) == 0
    assert door.held.held == {("_stamp", PATH): "unknown-sender"}
    assert len(door.refusals.heard) == 1


@pytest.mark.parametrize(
    ("letter", "rule", "path", "reason"),
    [
        (a_letter({"a.csv": FIRST}, sender="x@evil.example"), DAILY, PATH, "unknown-sender"),
        (
            a_letter({"a.csv": FIRST}, sender="nightly@sis.example, x@y.example"),
            DAILY,
            PATH,
            "unknown-sender",
        ),
        (
            a_letter({"a.csv": FIRST}, sender='"nightly@sis.example" <x@y.example>'),
            DAILY,
            PATH,
            "unknown-sender",
        ),
        (a_letter({"a.csv": FIRST}), DAILY, "south/1.eml", "unknown-sender"),
        (a_letter({"a.csv": FIRST}), DAILY, "nobody/1.eml", "no-tenant"),
        (a_letter({"a.csv": FIRST}), DAILY, "abroad/1.eml", "no-tenant"),
        (a_letter({"a.csv": FIRST}), DAILY, "NORTH/1.eml", "no-tenant"),
        (
            a_letter({"a.csv": FIRST}, delivered_to="north+canvas@ingest.local"),
            SenderRule(sender="@sis.example", feed="powerschool", proven=False),
            PATH,
            "not-for-this-feed",
        ),
        (a_letter({"a.csv": FIRST}), SenderRule(sender="@sis.example"), PATH, "not-proven"),
        (
            a_letter({"a.csv": FIRST}, results="dmarc=fail header.from=sis.example"),
            SenderRule(sender="@sis.example"),
            PATH,
            "not-proven",
        ),
        (
            a_letter({"a.csv": FIRST}, results="dmarc=pass header.from=evil.example"),
            SenderRule(sender="@sis.example"),
            PATH,
            "not-proven",
        ),
    ],
)
async def test_a_message_that_no_rule_of_its_tenant_lets_in_is_the_stamps_to_put_aside(
    letter: EmailMessage, rule: SenderRule, path: str, reason: str
) -> None:
    door = a_door(rule)
    door.tenancy.tenants.records["south"] = tenant("south", status=TenantStatus.ACTIVE)
    door.tenancy.tenants.records["abroad"] = tenant(
        "abroad", home_stamp="other-1", ways=WaysIn(senders=(rule,))
    )
    for _ in range(2):
        assert await receive(door, letter, path) == 0
        assert await door.mail(RELAY).receive(door.stamp, path) == 0
    assert {(owner, action, why) for owner, action, _, why in door.refusals.heard} == {
        ("_stamp", "mail.take", reason)
    }
    assert door.held.held == {("_stamp", path): reason}
    assert not door.pipeline.ingests.documents
    assert not door.pipeline.blobs.blobs


@pytest.mark.parametrize(
    "results",
    [
        "dmarc=pass (p=reject dis=none) header.from=sis.example; spf=none smtp.mailfrom=x.example",
        "spf=fail smtp.mailfrom=x.example; DMARC=Pass header.from=SIS.example",
        "dkim=pass header.d=sis.example; dmarc=pass",
    ],
)
async def test_a_sender_whom_our_relay_vouches_for_is_proven(results: str) -> None:
    door = a_door(SenderRule(sender="@sis.example"))
    assert await receive(door, a_letter({"a.csv": FIRST}, results=results)) == 1


async def test_only_the_topmost_result_of_our_own_relay_counts() -> None:
    forged = a_letter({"a.csv": FIRST}).as_bytes()
    passed = b"Authentication-Results: relay.example; dmarc=pass header.from=sis.example\r\n"
    door = a_door(SenderRule(sender="@sis.example"))
    failed = b"Authentication-Results: relay.example; dmarc=fail header.from=sis.example\r\n"
    assert await receive(door, failed + passed + forged) == 0
    assert await receive(door, passed.replace(b"relay.", b"evil.") + forged) == 0
    comment = b"Authentication-Results: relay.example; dmarc=fail (x; dmarc=pass) header.from=sis.example\r\n"
    assert await receive(door, comment + forged) == 0
    assert await receive(door, passed + failed + forged) == 1


@pytest.mark.parametrize(
    ("delivered_to", "rule_feed", "hint"),
    [
        ("north@ingest.local", None, None),
        ("north+canvas@ingest.local", None, "canvas"),
        ("north@ingest.local", "canvas", "canvas"),
        ("north+canvas@ingest.local", "canvas", "canvas"),
        ("north+../x@ingest.local", None, None),
    ],
)
async def test_the_feed_comes_from_the_address_or_from_the_senders_rule(
    delivered_to: str, rule_feed: str | None, hint: str | None
) -> None:
    door = a_door(SenderRule(sender="@sis.example", feed=rule_feed, proven=False))
    assert await receive(door, a_letter({"a.csv": FIRST}, delivered_to=delivered_to)) == 1
    (ingest_id,) = await door.landed()
    assert (await door.pipeline.ingests.get(door.scope_of("north"), ingest_id)).value.feed_hint == hint


async def test_what_mail_programs_attach_by_themselves_is_not_taken() -> None:
    door = a_door()
    letter = a_letter({"a.csv": FIRST})
    letter.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png", cid="<1>")
    letter.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="x.png", disposition="inline")
    letter.add_attachment(b"sig", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    letter.add_attachment("BEGIN:VCARD", subtype="vcard", filename="me.vcf")
    assert await receive(door, letter) == 1


async def test_files_in_a_forwarded_message_and_files_without_a_name_are_taken() -> None:
    door = a_door()
    letter = a_letter({}, message_id="<outer@sis.example>")
    letter.add_attachment(a_letter({"inner.csv": FIRST}))
    letter.add_attachment(SECOND, maintype="text", subtype="csv")
    assert await receive(door, letter) == 2
    assert sorted((await door.landed()).values()) == [FIRST, SECOND]


async def test_a_message_without_a_file_is_put_aside_for_its_tenant() -> None:
    door = a_door()
    assert await receive(door, a_letter({})) == 0
    assert door.held.held == {("north", PATH): "no-attachment"}
    assert [(it[0], it[3]) for it in door.refusals.heard] == [("north", "no-attachment")]


async def test_a_damaged_attachment_is_refused_and_the_others_are_taken() -> None:
    door = a_door()
    content = a_letter({"a.csv": FIRST, "b.csv": SECOND}).as_bytes()
    start = content.index(b"c3R1ZGVudF9pZ")
    damaged = content[:start] + b"*" + content[start + 1 :]
    assert await receive(door, damaged) == 1
    assert list((await door.landed()).values()) == [SECOND]
    assert door.held.held == {("north", PATH): "invalid-input"}
    assert PATH in door.mailbox.messages


async def test_a_message_that_is_cut_off_gives_no_half_file() -> None:
    door = a_door()
    content = a_letter({"a.csv": FIRST * 100}).as_bytes()
    for end in range(len(content) - 60, 0, -1500):
        assert await receive(door, content[:end], f"north/{end}.eml") == 0
    assert not door.pipeline.blobs.blobs


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "invalid-input"),
        (b"no header\r\n", "invalid-input"),
        (b"From: nightly@sis.example\r\n" + b"x" * 100_000, "too-large"),
    ],
)
async def test_what_is_no_message_or_too_large_is_put_aside(
    content: bytes, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_module, "LARGEST_MAIL", 50_000)
    door = a_door()
    assert await receive(door, content) == 0
    assert door.held.held == {("_stamp", PATH): reason}


async def test_a_message_that_nests_too_deep_or_has_too_many_parts_is_put_aside() -> None:
    door = a_door()
    deep = "From: nightly@sis.example\r\n"
    for level in range(3000):
        deep += f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"
    assert await receive(door, deep.encode()) == 0
    assert await receive(door, a_letter({f"{n}.csv": FIRST for n in range(300)}), "north/2.eml") == 0
    assert door.held.held == {("_stamp", PATH): "invalid-input", ("_stamp", "north/2.eml"): "invalid-input"}


async def test_a_district_with_an_appliance_takes_no_mail() -> None:
    door = a_door()
    door.pipeline.rules.direct = False
    assert await receive(door, a_letter({"a.csv": FIRST})) == 0
    assert door.held.held == {("north", PATH): "forbidden"}
    assert not door.receipts.stored


async def test_a_message_that_was_put_aside_is_taken_once_its_cause_is_gone() -> None:
    door = a_door(SenderRule(sender="@other.example"))
    assert await receive(door, a_letter({"a.csv": FIRST})) == 0
    door.tenancy.tenants.records["north"] = tenant("north", ways=WaysIn(senders=(DAILY,)))
    door.tenancy.clock.advance(31)
    assert await door.mail().receive(door.stamp, PATH) == 1
    assert not door.held.held
    assert not door.mailbox.messages


async def test_a_sweep_receives_what_was_forgotten_and_nothing_else() -> None:
    door = a_door()
    door.mailbox.store("north/old.eml", a_letter({"a.csv": FIRST}).as_bytes())
    door.mailbox.store("nobody/old.eml", a_letter({"a.csv": FIRST}).as_bytes())
    door.clock.advance(timedelta(minutes=16))
    door.mailbox.store("north/new.eml", a_letter({"b.csv": SECOND}, message_id="<2@x>").as_bytes())
    assert await door.mail().sweep(door.stamp) == 2
    assert list(door.mailbox.messages) == ["nobody/old.eml", "north/new.eml"]
    assert await door.mail().sweep(door.stamp) == 0


async def test_a_sweep_goes_on_behind_a_message_that_fails() -> None:
    door = a_door()
    for n in range(2):
        letter = a_letter({"a.csv": FIRST}, message_id=f"<{n}@sis.example>")
        door.mailbox.store(f"north/{n}.eml", letter.as_bytes())
    door.clock.advance(timedelta(minutes=16))
    door.mailbox.messages["north/0.eml"].content = None  # type: ignore[assignment]  # reading it fails
    with pytest.raises(ExceptionGroup):
        await door.mail().sweep(door.stamp)
    assert list(door.mailbox.messages) == ["north/0.eml"]
