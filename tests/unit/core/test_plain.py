"""LaTeX of formulas as one line of text."""

import pytest

from dlviz.core.plain import plain


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\begin{cases} 1 & z \ge \theta \\ 0 & \text{else} \end{cases}", "1 if z ≥ θ; 0 else"),
        (r"\tfrac12 e_k^2", "1/2 eₖ²"),
        (r"\delta(|e| - \tfrac\delta2)", "δ(|e| − δ/2)"),
        (r"\hat y = \hat{m} / \check{x}", "y\u0302 = m\u0302 / x\u030c"),
        (r"w \leftarrow w - \eta g,\; \lVert w \rVert \le c", "w ← w − η g, ‖w‖ ≤ c"),
        (r"q^{\lfloor t / s \rfloor}", "q^(⌊t / s⌋)"),
        (r"\tfrac{1}{2} (p - c)^\top A", "1/2 (p − c)ᵀ A"),
        (r"\arg\min_j |x - x_j|", "arg minⱼ |x − xⱼ|"),
        (r"a = \phi(\gamma \odot x)", "a = φ(γ ⊙ x)"),
        (r"\frac{z}{1+|z|}", "z/(1+|z|)"),
        (r"\frac{e^{-z}}{(1+e^{-z})^{2}-1}", "e^(−z)/((1+e^(−z))²−1)"),
    ],
)
def test_a_formula_is_written_as_text(latex: str, text: str) -> None:
    assert plain(latex) == text
