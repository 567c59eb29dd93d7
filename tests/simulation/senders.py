"""Districts that send files: in turn or at once, half, twice, changed, too late, the same again."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from shared.ingestion.model import Way
from shared.ingestion.ways.uploads import GrantedUpload
from shared.kernel.errors import Unavailable
from tests.simulation import appliances, journals, registers
from tests.simulation.files import Content, Fate, attempts, gradebook, half, stranger
from tests.simulation.hosts import Grid
from tests.simulation.weather import Process
from tests.simulation.world import World, scope_of

SOURCES: Final = (
    "attempts-east",
    "attempts-west",
    "ALG_1",
    journals.SOURCE,
    registers.SOURCE,
    appliances.SOURCE,
)


type Place = tuple[str, ...]

_OTHERS: Final[Mapping[str, Callable[[Random], Content]]] = {
    "ALG_1": lambda random: gradebook(random, "ALG_1"),
    journals.SOURCE: journals.journal,
    registers.SOURCE: registers.register,
}


@dataclass(slots=True)
class Sent:
    """An upload that was made. `puts` are the contents that lay in its blob, in order."""

    tenant: str
    source: str
    name: str
    upload: str
    puts: list[Content] = field(default_factory=list)
    bundle: int | None = None
    """The serial number of the bundle in which it came."""
    after: Place = ()
    """The place of the upload that this one replays."""

    @property
    def place(self) -> Place:
        """Where it stands among the files of its source: by time, a replay right after what it replays."""
        return *self.after, self.upload


@dataclass(frozen=True, slots=True)
class Errand:
    """One file to send, and how: all at once, in halves, or written over afterwards."""

    tenant: str
    source: str
    name: str
    content: Content
    at: float
    takes: float
    half_first: bool
    then: Content | None
    again_after: float


def errands(
    random: Random, tenants: Sequence[str], window: float, sources: Sequence[str] = SOURCES
) -> list[Errand]:
    """Return what districts send within `window` seconds."""
    found: list[Errand] = []
    for tenant in tenants:
        for source in random.sample(sources, min(len(sources), random.randint(1, 2))):
            if random.random() < 0.4:
                found += _overtaken(random, tenant, source, window)
            else:
                found += _anyhow(random, tenant, source, window)
    return found


def _anyhow(random: Random, tenant: str, source: str, window: float) -> Iterator[Errand]:
    """Yield a few files of one source, in any order, some of them the same again."""
    made: list[Content] = []
    for number in range(random.randint(2, 5)):
        made.append(_content(random, source, made))
        yield _errand(random, tenant, source, number, made[-1], window)


def _overtaken(random: Random, tenant: str, source: str, window: float) -> Iterator[Errand]:
    """Yield a file, another that takes long to upload, and often the first one again before that has come."""
    first, second = _content(random, source, []), _content(random, source, [])
    planned = [(first, 2.0), (second, window + 120), (first, 2.0)][: random.choice([2, 2, 3])]
    for number, (content, takes) in enumerate(planned):
        usual = _errand(random, tenant, source, number, content, window)
        yield replace(usual, at=(number / 2) * window, takes=takes, half_first=False, then=None)


async def send(world: World, grid: Grid, errand: Errand, sent: list[Sent]) -> None:
    """Do an errand: ask for the upload, write its blob, and note what was sent."""
    await asyncio.sleep(errand.at)
    if errand.source == appliances.SOURCE:
        await _send_boxed(world, grid, errand, sent)
        return
    granted = await _granted(errand)
    upload = granted.upload
    note = Sent(errand.tenant, errand.source, upload.file_name, upload.id)
    sent.append(note)
    await asyncio.sleep(errand.takes)

    puts = [half(errand.content)] if errand.half_first else []
    puts += [errand.content] if errand.then is None else [errand.content, errand.then]
    for number, content in enumerate(puts):
        await asyncio.sleep(errand.again_after if number else 0)
        note.puts.append(content)
        world.landing.put(upload.blob, content.data)
        world.weather.note(f"puts {len(content.data)} bytes of {errand.source} in {upload.id}")
        grid.announce(errand.tenant, upload.id, upload.file_name, again=number > 0)


async def _send_boxed(world: World, grid: Grid, errand: Errand, sent: list[Sent]) -> None:
    """Let the district's machine pack a file and upload the bundle, now and then twice."""
    box, scope, random = world.boxes[errand.tenant], scope_of(errand.tenant), world.random
    key, serial = await Process.current.get().services.pseudonym_keys.key(scope), box.place.serial
    bundle = await box.pack(errand.name, errand.content.data, key, world.chunk_bytes)
    for _ in range(random.choice([1, 1, 2])):
        upload = (await _granted(errand, Way.APPLIANCE)).upload
        sent.append(
            Sent(errand.tenant, errand.source, upload.file_name, upload.id, [errand.content], bundle=serial)
        )
        await asyncio.sleep(errand.takes)
        world.landing.put(upload.blob, bundle)
        world.weather.note(f"puts bundle {serial} of {errand.source} in {upload.id}")
        grid.announce(errand.tenant, upload.id, upload.file_name, again=False)


async def _granted(errand: Errand, way: Way = Way.SAS) -> GrantedUpload:
    while True:
        uploads = Process.current.get().services.uploads
        try:
            return await uploads.request_upload(scope_of(errand.tenant), errand.name, way=way)
        except Unavailable:
            await asyncio.sleep(1)


def _errand(random: Random, tenant: str, source: str, number: int, content: Content, window: float) -> Errand:
    changed = random.random() < 0.1
    return Errand(
        tenant=tenant,
        source=source,
        name=_name(source, number),
        content=content,
        at=random.uniform(0, window),
        takes=random.choice([random.uniform(2, 5), random.uniform(2, 120)]),
        half_first=random.random() < 0.1,
        then=_content(random, source, []) if changed else None,
        again_after=random.choice([random.uniform(0, 1), random.uniform(0, 60)]),
    )


def _name(source: str, number: int) -> str:
    day = f"2026-03-{number + 1:02d}"
    if source == "ALG_1":
        return f"{day}T1200_Grades-{source}.csv"
    return f"{source}-{day}.{'zip' if source == registers.SOURCE else 'csv'}"


def _content(random: Random, source: str, made: Sequence[Content]) -> Content:
    turn = random.random()
    if made and turn < 0.35:
        return random.choice(made)
    if 0.35 <= turn < 0.4 and source != appliances.SOURCE:
        return stranger(random)
    if source in _OTHERS:
        return _OTHERS[source](random)
    return attempts(random, Fate.TOO_MANY_REJECTS if 0.4 <= turn < 0.45 else Fate.ACCEPTED)
