"""Print the JSON Schema of documents."""

import argparse
import json

from dlviz.i18n import tr
from dlviz.session.format.schema import json_schema


def declare(parser: argparse.ArgumentParser) -> None:
    """Describe `dlviz schema`, which takes no arguments."""
    parser.description = tr("Print the JSON Schema of documents.")


def run(arguments: argparse.Namespace) -> int:
    """Print the schema."""
    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))
    return 0
