"""What every small server of the local cloud is told on its command line."""

import argparse
from pathlib import Path


def serving_arguments(module: str, description: str | None, data: str) -> argparse.Namespace:
    """Read `host`, `port` and `data`, the folder that `data` says the use of."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help=data)
    return parser.parse_args()
