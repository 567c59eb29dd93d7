"""`local.settings.json`: the developer's own settings, in the file that the Functions tools read."""

import shutil
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from infra.local.launcher.errors import SettingsInvalid


class _LocalSettings(BaseModel):
    values: Annotated[dict[str, str], Field(alias="Values")]


def load_settings(folder: Path) -> dict[str, str]:
    """Return the `Values` of `local.settings.json` in `folder`, laid over those of the sample.

    A missing file is made from the sample; a setting that the sample gained later has its value from there.
    """
    sample, own = folder / "local.settings.sample.json", folder / "local.settings.json"
    if not own.exists():
        shutil.copyfile(sample, own)
    return _values(sample) | _values(own)


def _values(file: Path) -> dict[str, str]:
    try:
        return _LocalSettings.model_validate_json(file.read_bytes()).values
    except ValidationError as invalid:
        fault = invalid.errors(include_input=False)[0]
        place = "".join(f"/{step}" for step in fault["loc"])
        raise SettingsInvalid(f"{file}{place and f' at {place}'}: {fault['msg']}") from invalid
