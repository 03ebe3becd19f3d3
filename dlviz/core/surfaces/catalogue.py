"""The surfaces that are shipped."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array, Calls, Workspace
from dlviz.core.errors import FormulaError
from dlviz.core.expression.parser import MAX_CHARACTERS, parse
from dlviz.core.hyper import floating, text
from dlviz.core.surfaces.basic import quadratic, rosenbrock
from dlviz.core.surfaces.entry import Points, Settings, SurfaceEntry, surfaces
from dlviz.core.surfaces.kind import Surface
from dlviz.core.surfaces.typed import typed

SURVEY = "M. Jamil and X.-S. Yang, A literature survey of benchmark functions, 2013"
CONVEX = "S. Boyd and L. Vandenberghe, Convex Optimization, 2004, section 9.3"
FLAT = "I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, 2016, section 8.2.3"
MINIMA = "I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, 2016, section 8.2.2"


def bowl_matrix(condition: float, turn: float) -> NDArray[np.float64]:
    """Return a (2, 2) matrix with curvatures 1 and condition, the steep axis turned from y by so many degrees."""
    angle = math.radians(turn)
    flat = np.array([math.cos(angle), math.sin(angle)])
    steep = np.array([-math.sin(angle), math.cos(angle)])
    return np.outer(flat, flat) + condition * np.outer(steep, steep)


def own_surface(written: str) -> Surface:
    """Return the surface of a formula in x and y, or in one of any name. Raises: FormulaError."""
    names = parse(written).inputs
    if len(names) == 1:
        return typed(written, names)
    return typed(written, ("x", "y"))


def read_gradients(written: str) -> tuple[float, ...]:
    """Return the numbers of a list such as "1, 0.5, -0.25". Raises: FormulaError if there are none."""
    try:
        numbers = tuple(float(each) for each in written.replace(";", ",").split(",") if each.strip())
    except ValueError:
        numbers = ()
    if not numbers or not all(map(math.isfinite, numbers)):
        raise FormulaError(f"Expected numbers such as 1, 0.5, -0.25. Received: {written[:40]!r}")
    return numbers


def _flat() -> Surface:
    def gradient(w: Workspace, points: Array, out: Array) -> Calls:
        return ((out.fill, (0.0,)),)

    return Surface("Given gradients", r"f = 0", 1, lambda points: 0.0 * points[0], gradient)


def _bowl(settings: Settings) -> Surface:
    return quadratic(bowl_matrix(settings["condition"], settings["turn"]).tolist())


def _matrix(settings: Settings) -> Surface:
    return quadratic([[settings["a"], settings["b"]], [settings["b"], settings["d"]]])


def _matrix_minima(settings: Settings) -> Points:
    is_bowl = settings["a"] > 0 and settings["a"] * settings["d"] > settings["b"] ** 2
    return ((0.0, 0.0),) if is_bowl else ()


def _typed(written: str) -> Callable[[Settings], Surface]:
    return lambda _: typed(written)


def _curve(written: str) -> Callable[[Settings], Surface]:
    return lambda _: typed(written, ("w",))


def _at(*points: tuple[float, ...]) -> Callable[[Settings], Points]:
    return lambda _: points


surfaces.add(
    SurfaceEntry(
        "bowl", "Bowl", _bowl, _at((0.0, 0.0)), (-5.0, 5.0, -5.0, 5.0), (4.0, 1.0),
        "One steep and one flat direction: the steep one limits the rate, the flat one takes the time.", CONVEX,
        (floating("condition", 20.0, minimum=1.0, maximum=1000.0, is_log=True,
                  help="curvature of the steep axis, that of the flat one is 1"),
         floating("turn", 0.0, minimum=-90.0, maximum=90.0, unit="°", help="turns the axes of the bowl")),
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "quadratic", "Quadratic by its matrix", _matrix, _matrix_minima, (-5.0, 5.0, -5.0, 5.0), (4.0, 2.0),
        "½ pᵀ A p: both eigenvalues positive make a bowl, one negative a saddle.", CONVEX,
        (floating("a", 2.0, minimum=-1e6, maximum=1e6, help="upper left number of A"),
         floating("b", 1.0, minimum=-1e6, maximum=1e6, help="both numbers beside the diagonal of A"),
         floating("d", 4.0, minimum=-1e6, maximum=1e6, help="lower right number of A")),
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "rosenbrock", "Rosenbrock", lambda s: rosenbrock(s["steepness"]), _at((1.0, 1.0)),
        (-2.0, 2.0, -1.0, 3.0), (-1.2, 1.0),
        "A curved valley: finding it is easy, following its flat floor to (1, 1) is not.",
        "H. H. Rosenbrock, The Computer Journal 3, 1960",
        (floating("steepness", 100.0, minimum=0.0, maximum=1000.0, help="how steep the walls of the valley are"),),
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "beale", "Beale",
        _typed("(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2"),
        _at((3.0, 0.5)), (-4.5, 4.5, -4.5, 4.5), (-1.0, 1.5),
        "Flat in the middle and very steep at the corners: one rate does not fit all.", SURVEY,
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "himmelblau", "Himmelblau",
        _typed("(x**2 + y - 11)**2 + (x + y**2 - 7)**2"),
        _at((3.0, 2.0), (-2.805118086953, 3.131312518250), (-3.779310253378, -3.283185991286),
            (3.584428340330, -1.848126526964)),
        (-5.0, 5.0, -5.0, 5.0), (-0.35, -0.4),
        "Four equal minima: which one is reached depends on start and method.",
        "D. M. Himmelblau, Applied Nonlinear Programming, 1972",
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "rastrigin", "Rastrigin",
        _typed("20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)"),
        _at((0.0, 0.0)), (-5.12, 5.12, -5.12, 5.12), (3.3, 2.7),
        "A bowl full of dents: descent stops in the nearest one.", SURVEY,
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "ackley", "Ackley",
        _typed("20 + e - 20*exp(-0.2*sqrt((x**2 + y**2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2)"),
        _at((0.0, 0.0)), (-5.0, 5.0, -5.0, 5.0), (3.2, 2.4),
        "Nearly flat outside, one deep funnel: momentum carries over small dents.",
        "D. H. Ackley, A Connectionist Machine for Genetic Hillclimbing, 1987",
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "six_hump_camel", "Six-hump camel",
        _typed("(4 - 2.1*x**2 + x**4/3)*x**2 + x*y + (4*y**2 - 4)*y**2"),
        _at((0.089842013100, -0.712656403021), (-0.089842013100, 0.712656403021)),
        (-2.0, 2.0, -1.2, 1.2), (-1.6, -0.9),
        "Six minima, two of them lowest: start points fall into basins.", SURVEY,
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "three_hump_camel", "Three-hump camel",
        _typed("2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2"),
        _at((0.0, 0.0)), (-2.5, 2.5, -2.5, 2.5), (2.0, 1.8),
        "Three minima in a row: the outer two are not the lowest.", SURVEY,
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "booth", "Booth",
        _typed("(x + 2*y - 7)**2 + (2*x + y - 5)**2"),
        _at((1.0, 3.0)), (-10.0, 10.0, -10.0, 10.0), (-6.0, -4.0),
        "A turned elliptic bowl: methods that take each axis for itself lose their advantage.", SURVEY,
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "styblinski_tang", "Styblinski-Tang",
        _typed("(x**4 - 16*x**2 + 5*x + y**4 - 16*y**2 + 5*y)/2"),
        _at((-2.903534027771, -2.903534027771)), (-5.0, 5.0, -5.0, 5.0), (0.5, 4.0),
        "Four minima of different depth: most starts end in one that is not the lowest.", SURVEY,
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "matyas", "Matyas",
        _typed("0.26*(x**2 + y**2) - 0.48*x*y"),
        _at((0.0, 0.0)), (-10.0, 10.0, -10.0, 10.0), (8.0, -4.0),
        "A narrow valley along the diagonal: 25 times flatter along it than across.", SURVEY,
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "mccormick", "McCormick",
        _typed("sin(x + y) + (x - y)**2 - 1.5*x + 2.5*y + 1"),
        _at((-0.547197551197, -1.547197551197)), (-1.5, 4.0, -3.0, 4.0), (3.0, 3.5),
        "A folded valley whose steps come lower one by one.", SURVEY,
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "goldstein_price", "Goldstein-Price (log)",
        _typed("log((1 + (x + y + 1)**2*(19 - 14*x + 3*x**2 - 14*y + 6*x*y + 3*y**2))"
    "*(30 + (2*x - 3*y)**2*(18 - 32*x + 12*x**2 + 48*y - 36*x*y + 27*y**2)))"),
        _at((0.0, -1.0)), (-2.0, 2.0, -2.5, 1.5), (1.4, 0.8),
        "Values over five decades, shown by their logarithm; four minima.",
        "A. A. Goldstein and J. F. Price, Mathematics of Computation 25, 1971",
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "saddle", "Saddle",
        _typed("x**2 - y**2"),
        _at(), (-2.0, 2.0, -2.0, 2.0), (1.5, 0.001),
        "Down along y, up along x: on the ridge y = 0 descent stands still, a little push sets it free.", FLAT,
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "monkey_saddle", "Monkey saddle",
        _typed("x**3 - 3*x*y**2"),
        _at(), (-1.5, 1.5, -1.5, 1.5), (1.2, 0.05),
        "Gradient and curvature both vanish in the middle.", FLAT,
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "plateau", "Plateau",
        _typed("1 - exp(-((x**2 + y**2)/2)) + 0.002*(x**2 + y**2)"),
        _at((0.0, 0.0)), (-5.0, 5.0, -5.0, 5.0), (4.0, 2.5),
        "Almost no slope far out: count the steps until the loss falls.", FLAT,
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "cliff", "Cliff",
        _typed("0.05*(x**2 + y**2) + 5/(1 + exp(-20*(x - 1)))"),
        _at((-0.000002061069, 0.0)), (-4.0, 4.0, -4.0, 4.0), (1.3, 2.5),
        "One huge gradient throws the point far away; clipping keeps the direction and shortens the step.",
        "R. Pascanu, T. Mikolov and Y. Bengio, ICML 2013, on clipping at cliffs",
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "ravine", "Ravine",
        _typed("5*(y - sin(1.5*x))**2 + 0.05*(x - 3)**2"),
        _at((3.0, -0.977530117665)), (-4.0, 4.5, -3.0, 3.0), (-3.4, 1.6),
        "A winding gorge: momentum runs up the outer walls of its bends.",
        "N. Qian, On the momentum term in gradient descent learning algorithms, 1999",
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "two_valleys", "Two valleys",
        _typed("(x**2 - 1)**2 + 0.3*x + y**2/2"),
        _at((-1.035578714089, 0.0)), (-2.0, 2.0, -2.0, 2.0), (1.7, 1.2),
        "A good minimum and a better one, with a ridge between.", MINIMA,
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "curve_parabola", "Curve: parabola",
        _curve("(w - 2)**2 + 1"),
        _at((2.0,)), (-3.0, 7.0), (5.0,),
        "Left of the minimum the slope is negative, right of it positive: the minus sign leads to it from both sides.",
        CONVEX,
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "curve_five", "Curve: distance from five",
        _curve("(w - 5)**2"),
        _at((5.0,)), (-1.0, 11.0), (0.0,),
        "Adam's first step is as long as its rate, however steep the slope.", CONVEX,
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "curve_two_minima", "Curve: two minima",
        _curve("w**4/4 - w**2 + 0.3*w"),
        _at((-1.483967893198,)), (-2.2, 2.2), (2.0,),
        "Noise can leave the shallow minimum, but does not settle in the deep one.", MINIMA,
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "formula", "Your own formula", lambda s: own_surface(s["text"]), _at(), (-3.0, 3.0, -3.0, 3.0), (2.0, 1.5),
        "Any formula in x and y: its gradient is worked out exactly.",
        "your own; its gradient as in A. Griewank and A. Walther, Evaluating Derivatives, 2008, chapter 3",
        (text("text", "sin(3*x)*cos(y) + 0.1*(x**2 + y**2)", MAX_CHARACTERS, reads=own_surface,
              help="a formula in x and y, or in one name for a curve"),),
    )
)  # fmt: skip
surfaces.add(
    SurfaceEntry(
        "given", "Given gradients", lambda _: _flat(), _at(), (-1.0, 1.0), (0.0,),
        "The gradients of a hand calculation, one a step: watch what each optimizer makes of them.",
        "your own, as curriculum EX-21 gives them",
        (text("gradients", "1, 0.5, -0.25", MAX_CHARACTERS, reads=read_gradients,
              help="numbers parted by commas, one for each step; zero after the last"),),
        given=lambda s: read_gradients(s["gradients"]),
    )
)  # fmt: skip
