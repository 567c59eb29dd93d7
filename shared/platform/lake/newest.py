"""The newest version of a table, by a handle that stays open: only what was committed since is read."""

import asyncio
from collections.abc import Callable

from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError

from shared.kernel.scope import TenantScope
from shared.platform.lake.access import LakeAccess, table_uri
from shared.platform.lake.errors import translated
from shared.platform.lake.folders import Folders
from shared.platform.lake.kept import KeptHandle


async def of_newest[T](
    access: LakeAccess,
    scope: TenantScope,
    table: str,
    look: Callable[[DeltaTable], T],
    folders: Folders | None = None,
) -> T | None:
    """Return what `look` makes of the newest version of a table, None before the first.

    `look` runs in a thread, and keeps no handle: whoever comes next moves it on. A table that has no handle
    yet is looked for in `folders` first, so that those of several tables ask once.
    """
    await access.ensure_container(scope)
    kept = access.kept.handle(scope, table)
    with translated():
        if kept is None:
            until = access.kept.until()
            if folders is not None and not await folders.hold(scope, table):
                return None
            opened = await _opened(access, scope, table)
            if opened is None:
                return None
            kept = KeptHandle(opened, until)
            access.kept.handles.put(scope.key(table), kept)
        async with kept.turn:
            try:
                await move_on(access, scope, table, kept)
                return await asyncio.to_thread(look, kept.handle)
            except BaseException:
                # What has failed half-way is opened anew.
                access.kept.forget(scope, table)
                raise


async def move_on(access: LakeAccess, scope: TenantScope, table: str, kept: KeptHandle) -> None:
    """Move a handle to the newest version: one small request where it is there already, as it mostly is."""
    following = kept.handle.version() + 1
    is_known = following <= kept.newest
    if is_known or await access.blob(scope, f"{table}/_delta_log/{following:020}.json").exists():
        await asyncio.to_thread(kept.handle.update_incremental)


async def _opened(access: LakeAccess, scope: TenantScope, table: str) -> DeltaTable | None:
    if not await access.holds(scope, f"{table}/_delta_log/"):
        return None
    options = await access.options(scope)
    try:
        return await asyncio.to_thread(DeltaTable, table_uri(scope, table), storage_options=options)
    except TableNotFoundError:
        return None
