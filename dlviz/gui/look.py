"""How standard widgets look: Fusion, with fields, boxes to tick and scroll bars drawn as the app's own widgets are."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QProxyStyle,
    QStyle,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionComplex,
    QStyleOptionFrame,
    QStyleOptionSlider,
    QStyleOptionSpinBox,
    QTableView,
    QWidget,
)

from dlviz.gui.icons import paint_icon
from dlviz.gui.theme import RADIUS, current
from dlviz.gui.widgets.paint import rounded

Complex: TypeAlias = QStyle.ComplexControl
Primitive: TypeAlias = QStyle.PrimitiveElement
Sub: TypeAlias = QStyle.SubControl
State: TypeAlias = QStyle.StateFlag

BAR = 12  # pixels across a scroll bar; its handle is thinner
INSET = 3  # pixels between the handle and the edges of its bar
LEAST_HANDLE = 28  # pixels
REST = 0.75  # of the muted colour in a handle that nobody holds: 3:1 on the panel
CHEVRON = 12  # pixels
CORNER = 3  # pixels, radius of boxes to tick and of frames around square contents
TICK = ((0.22, 0.52), (0.42, 0.72), (0.78, 0.3))  # of the side of its box


class Look(QProxyStyle):
    """The style of the application."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def polish(self, polished: QWidget | QApplication | QPalette) -> Any:
        """Let tables stand on the panel, not in a box of their own; show what is said on hover as it is written."""
        if isinstance(polished, QTableView):
            polished.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        elif isinstance(polished, QLabel) and polished.inherits("QTipLabel"):
            # Names and notes come from files: what looks like HTML could open any other file as its picture.
            polished.setTextFormat(Qt.TextFormat.PlainText)
        return super().polish(polished)

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        """Return sizes: scroll bars are slim and nothing stands between them and what they scroll."""
        if metric == QStyle.PixelMetric.PM_ScrollBarExtent:
            return BAR
        if metric == QStyle.PixelMetric.PM_ScrollBarSliderMin:
            return LEAST_HANDLE
        return super().pixelMetric(metric, option, widget)

    def subControlRect(
        self, control: Complex, option: QStyleOptionComplex, part: Sub, widget: QWidget | None = None
    ) -> QRect:
        """Return where parts are: a scroll bar has no buttons, so its handle has all of its length."""
        if control == Complex.CC_ScrollBar and isinstance(option, QStyleOptionSlider):
            return scroll_part(option, part)
        return super().subControlRect(control, option, part, widget)  # type: ignore[arg-type]  # Qt takes none

    def drawComplexControl(
        self, control: Complex, option: QStyleOptionComplex, p: QPainter, widget: QWidget | None = None
    ) -> None:
        """Paint scroll bars, lists to choose from and fields for whole numbers."""
        paint = self._complex.get(control)
        if paint is None:
            super().drawComplexControl(control, option, p, widget)
            return
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint(self, option, p, widget)
        p.restore()

    def drawPrimitive(
        self, element: Primitive, option: QStyleOption, p: QPainter, widget: QWidget | None = None
    ) -> None:
        """Paint the frames of fields and boxes to tick."""
        paint = PRIMITIVES.get(element)
        if paint is None:
            super().drawPrimitive(element, option, p, widget)
            return
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint(option, p)
        p.restore()

    def drawControl(
        self, element: QStyle.ControlElement, option: QStyleOption, p: QPainter, widget: QWidget | None = None
    ) -> None:
        """Paint buttons of dialogs, the heads of tables and the tabs of panels that share a place."""
        paint = CONTROLS.get(element)
        if paint is None:
            super().drawControl(element, option, p, widget)
            return
        p.save()
        paint(option, p)
        p.restore()

    def _scroll_bar(self, option: QStyleOptionComplex, p: QPainter, _widget: QWidget | None) -> None:
        assert isinstance(option, QStyleOptionSlider)
        if option.minimum == option.maximum:
            return
        handle, theme = QRectF(scroll_part(option, Sub.SC_ScrollBarSlider)), current()
        is_level = option.orientation == Qt.Orientation.Horizontal
        across, along = (1, INSET) if is_level else (INSET, 1)
        handle.adjust(across, along, -across, -along)
        is_held = bool(option.activeSubControls & Sub.SC_ScrollBarSlider) and bool(
            option.state & (State.State_MouseOver | State.State_Sunken)
        )
        radius = (BAR - 2 * INSET) / 2
        rounded(p, handle, fill=theme.muted if is_held else theme.soft("muted", REST), radius=radius)

    def _combo_box(self, option: QStyleOptionComplex, p: QPainter, widget: QWidget | None) -> None:
        assert isinstance(option, QStyleOptionComboBox)
        box(option, p, is_hot=bool(option.state & State.State_MouseOver) and not option.editable)
        arrow = self.subControlRect(Complex.CC_ComboBox, option, Sub.SC_ComboBoxArrow, widget)
        chevron(p, QRectF(arrow), bool(option.state & State.State_Enabled))

    def _spin_box(self, option: QStyleOptionComplex, p: QPainter, widget: QWidget | None) -> None:
        assert isinstance(option, QStyleOptionSpinBox)
        if option.frame:
            box(option, p)
        if option.buttonSymbols == option.buttonSymbols.NoButtons:
            return
        for part, flag, is_up in (
            (Sub.SC_SpinBoxUp, option.stepEnabled.StepUpEnabled, True),
            (Sub.SC_SpinBoxDown, option.stepEnabled.StepDownEnabled, False),
        ):
            place = QRectF(self.subControlRect(Complex.CC_SpinBox, option, part, widget))
            chevron(p, place, bool(option.stepEnabled & flag), is_up)

    _complex: ClassVar[dict[Complex, Callable[..., None]]] = {
        Complex.CC_ScrollBar: _scroll_bar,
        Complex.CC_ComboBox: _combo_box,
        Complex.CC_SpinBox: _spin_box,
    }


def scroll_part(option: QStyleOptionSlider, part: Sub) -> QRect:
    """Return where a part of a scroll bar is, in the coordinates of its widget."""
    rect = option.rect
    is_level = option.orientation == Qt.Orientation.Horizontal
    length = rect.width() if is_level else rect.height()
    span = option.maximum - option.minimum
    handle = max(LEAST_HANDLE, length * option.pageStep // max(span + option.pageStep, 1)) if span > 0 else length
    handle = min(handle, length)
    start = QStyle.sliderPositionFromValue(
        option.minimum, option.maximum, option.sliderPosition, length - handle, option.upsideDown
    )
    first, last = {
        Sub.SC_ScrollBarSlider: (start, start + handle),
        Sub.SC_ScrollBarSubPage: (0, start),
        Sub.SC_ScrollBarAddPage: (start + handle, length),
        Sub.SC_ScrollBarGroove: (0, length),
    }.get(part, (0, 0))
    if is_level:
        return QRect(rect.x() + first, rect.y(), last - first, rect.height())
    return QRect(rect.x(), rect.y() + first, rect.width(), last - first)


def box(option: QStyleOption, p: QPainter, is_hot: bool = False) -> None:
    """Paint the rounded box of a field, in the accent where the keyboard is."""
    theme = current()
    has_focus = bool(option.state & State.State_HasFocus)
    border = theme.accent if has_focus else theme.outline
    rounded(p, QRectF(option.rect), fill=theme.hover if is_hot else theme.field, border=border)


def chevron(p: QPainter, place: QRectF, is_enabled: bool, is_up: bool = False) -> None:
    """Paint a small arrow in the middle of a place."""
    theme = current()
    p.save()
    p.translate(place.center())
    p.scale(1, -1 if is_up else 1)
    paint_icon(
        p, "chevron", QRectF(-CHEVRON / 2, -CHEVRON / 2, CHEVRON, CHEVRON), theme.muted if is_enabled else theme.faint
    )
    p.restore()


def _line_edit(option: QStyleOption, p: QPainter) -> None:
    if isinstance(option, QStyleOptionFrame) and option.lineWidth > 0:
        box(option, p)
    else:
        p.fillRect(option.rect, option.palette.base())


def _frame(option: QStyleOption, p: QPainter) -> None:
    """Paint the line around what has a frame: lists, tables, fields for several lines."""
    rounded(p, QRectF(option.rect), border=current().outline, radius=CORNER)


def _check_box(option: QStyleOption, p: QPainter) -> None:
    theme, rect = current(), QRectF(option.rect)
    is_on = bool(option.state & State.State_On)
    is_enabled = bool(option.state & State.State_Enabled)
    fill = (theme.accent if is_enabled else theme.faint) if is_on else theme.field
    is_marked = is_on or bool(option.state & (State.State_HasFocus | State.State_MouseOver))
    rounded(p, rect, fill=fill, border=theme.accent if is_marked and is_enabled else theme.muted, radius=CORNER)
    if is_on:
        p.setPen(QPen(theme.colour("panel"), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        points = [QPointF(rect.x() + x * rect.width(), rect.y() + y * rect.height()) for x, y in TICK]
        p.drawPolyline(points)


def _focus(option: QStyleOption, p: QPainter) -> None:
    """Paint where the keyboard is: a line in the accent, without a ground of its own."""
    rounded(p, QRectF(option.rect).adjusted(1, 1, -1, -1), border=current().accent, radius=3)


PRIMITIVES: dict[Primitive, Callable[[QStyleOption, QPainter], None]] = {
    Primitive.PE_Frame: _frame,
    Primitive.PE_PanelLineEdit: _line_edit,
    Primitive.PE_FrameFocusRect: _focus,
    Primitive.PE_IndicatorCheckBox: _check_box,
    Primitive.PE_IndicatorItemViewItemCheck: _check_box,
    Primitive.PE_FrameTabBarBase: lambda _option, _p: None,  # tabs stand on the panel
    Primitive.PE_PanelScrollAreaCorner: lambda _option, _p: None,
}


def _head(option: QStyleOption, p: QPainter) -> None:
    """Paint the ground of a cell at the head or the left of a table, with a hairline below a head."""
    theme = current()
    p.fillRect(option.rect, theme.colour("panel"))
    if option.state & State.State_Horizontal:
        p.fillRect(option.rect.adjusted(0, option.rect.height() - 1, 0, 0), theme.colour("line"))


def _tab(option: QStyleOption, p: QPainter) -> None:
    """Paint the ground of a tab: the one on show stands in the accent, with a line on the side of its panel."""
    if not option.state & State.State_Selected:
        return
    theme, rect = current(), QRectF(option.rect)
    rounded(p, rect.adjusted(2, 2, -2, -2), fill=theme.accent_soft)
    p.fillRect(QRectF(rect.left() + RADIUS, rect.top() + 1, rect.width() - 2 * RADIUS, 2), theme.colour("accent"))


def _push_button(option: QStyleOption, p: QPainter) -> None:
    """Paint the ground of a button of a dialog: the one that Return presses stands on the accent."""
    assert isinstance(option, QStyleOptionButton)
    theme, state = current(), option.state
    is_enabled = bool(state & State.State_Enabled)
    is_main = bool(option.features & QStyleOptionButton.ButtonFeature.DefaultButton) and is_enabled
    fill = theme.hover if state & State.State_MouseOver else theme.accent_soft if is_main else theme.field
    fill = theme.pressed if state & State.State_Sunken else fill
    is_marked = is_main or (is_enabled and bool(state & State.State_HasFocus))
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    rounded(p, QRectF(option.rect), fill=fill, border=theme.accent if is_marked else theme.outline)


CONTROLS: dict[QStyle.ControlElement, Callable[[QStyleOption, QPainter], None]] = {
    QStyle.ControlElement.CE_PushButtonBevel: _push_button,
    QStyle.ControlElement.CE_HeaderSection: _head,
    QStyle.ControlElement.CE_HeaderEmptyArea: _head,
    QStyle.ControlElement.CE_TabBarTabShape: _tab,
}
