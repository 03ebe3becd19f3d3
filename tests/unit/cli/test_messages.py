"""What the command line says when something goes wrong."""

import pytest

from dlviz.cli.messages import guard
from dlviz.core.errors import DlvizError


def failing(error: BaseException) -> int:
    def run(words: list[str]) -> int:
        raise error

    return guard(run, [])


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (DlvizError("Expected\ntwo lines"), 1, "dlviz: Expected two lines.\n"),
        (
            FileNotFoundError(2, "No such file or directory", "net.json"),
            1,
            "dlviz: net.json: No such file or directory\n",
        ),
        (KeyboardInterrupt(), 130, "dlviz: Stopped.\n"),
    ],
)
def test_errors_have_a_status_and_no_traceback(
    error: BaseException, status: int, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failing(error) == status
    out, err = capsys.readouterr()
    assert (out, err) == ("", text)


def test_a_fault_of_the_program_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        failing(ZeroDivisionError())
