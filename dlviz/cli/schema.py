"""Print the JSON Schema of documents."""

import argparse
import json

from dlviz.session.schema import json_schema


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `dlviz schema`: none."""


def run(arguments: argparse.Namespace) -> int:
    """Print the schema."""
    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))
    return 0
