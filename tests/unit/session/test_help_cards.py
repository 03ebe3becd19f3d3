"""Help cards: plain files, read strictly."""

import pytest

from dlviz.core.errors import DocumentError
from dlviz.session.help_cards import help_cards, read_card


def test_shipped_cards_are_whole() -> None:
    cards = {card.key: card for card in help_cards()}
    assert [*cards] == ["deep_learning", "classical", "kinds_of_data", "benefits", "convolution_tasks"]
    assert [name for name, _ in cards["deep_learning"].rings] == [
        "Artificial intelligence", "Machine learning", "Deep learning",
    ]  # fmt: skip
    assert len(cards["classical"].rows) == 5
    assert [row[0] for row in cards["kinds_of_data"].rows] == ["Table", "Image", "Text", "Sound", "Video", "Graph"]
    assert len(cards["benefits"].rows) == 7 and len(cards["convolution_tasks"].rows) == 8


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: T\ncolour: red\n", "line 2"), ("title: T\nrow: a; b\n", "a cell for each column"),
        ("text: no title\n", "one title"), ("title: T\ntitle: U\n", "one title"), ("title\n", "line 1"),
    ],
)  # fmt: skip
def test_what_is_no_card_is_refused(text: str, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_card("x", text)
    assert said in f"{caught.value.place} {caught.value.message}"
