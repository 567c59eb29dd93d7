"""What the Rust object store raises is one class for everything; only its words tell a refusal."""

import pytest

from shared.kernel.errors import NotFound, Unavailable
from shared.platform.lake.errors import translated


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (OSError("Error performing GET in 1.664040327s, after 10 retries: connection refused"), Unavailable),
        (FileNotFoundError("Object at location x not found"), NotFound),
        (OSError("Server returned non-2xx status code 403 Forbidden"), OSError),
    ],
)
def test_a_store_out_of_reach_passes_a_missing_object_and_a_refusal_do_not(
    raised: OSError, expected: type[Exception]
) -> None:
    with pytest.raises(expected) as caught, translated():
        raise raised
    assert type(caught.value) is expected
