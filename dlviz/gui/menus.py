"""Menus made from action records."""

from collections.abc import Iterable, Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from dlviz.gui.actions import Action, LiveAction, MenuName
from dlviz.gui.editor.keys import key_rows
from dlviz.gui.verbatim import out_of_menu
from dlviz.i18n import tr


def menu_titles() -> dict[MenuName, str]:
    """Return the menus from left to right."""
    return {
        "file": tr("&File"),
        "edit": tr("&Edit"),
        "view": tr("&View"),
        "run": tr("&Run"),
        "learn": tr("&Learn"),
        "help": tr("&Help"),
    }


def fill(bar: QMenuBar, actions: Iterable[LiveAction], panel_toggles: Iterable[QAction]) -> dict[MenuName, QMenu]:
    """Build all menus; the panels' own switches go into a submenu of View."""
    bar.clear()
    menus = {name: bar.addMenu(title) for name, title in menu_titles().items()}
    for name, menu in menus.items():
        mine = [action for action in actions if action.record.menu == name]
        _fill_one(menu, sorted(mine, key=_group))
    toggles = QMenu(tr("&Panels"), menus["view"])
    toggles.addActions(list(panel_toggles))
    _insert_after(menus["view"], "side_panels", toggles)
    return menus


def _group(action: LiveAction) -> int:
    return action.record.group


def _fill_one(menu: QMenu, actions: Iterable[LiveAction]) -> None:
    group, submenus = None, dict[tuple[str, ...], QMenu]()
    for action in actions:
        if group is not None and action.record.group != group:
            menu.addSeparator()
        group = action.record.group
        _place(menu, submenus, action).addAction(action)


def _place(menu: QMenu, submenus: dict[tuple[str, ...], QMenu], action: LiveAction) -> QMenu:
    path: tuple[str, ...] = ()
    for title in filter(None, (action.record.submenu, action.record.topic)):
        path = (*path, title)
        if path not in submenus:
            submenus[path] = menu.addMenu(title)
        menu = submenus[path]
    return menu


def _insert_after(menu: QMenu, name: str, submenu: QMenu) -> None:
    following = [action.objectName() for action in menu.actions()].index(name) + 1
    rest = menu.actions()[following:]
    if rest:
        menu.insertMenu(rest[0], submenu)
    else:
        menu.addMenu(submenu)


def entries(menus: Mapping[MenuName, QMenu], name: MenuName) -> list[str]:
    """Return the titles in a menu without separators."""
    return [action.text() for action in menus[name].actions() if not action.isSeparator()]


def shortcut_rows(actions: Iterable[LiveAction]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return menu title, what it does, and keys of everything that has keys; at last, without a menu, the canvas."""
    titles = menu_titles()
    with_keys = [each.record for each in actions if each.record.keys]
    listed = [
        (out_of_menu(titles.get(record.menu, "")), _in_full(record), record.keys)
        for record in sorted(with_keys, key=lambda record: [*titles, ""].index(record.menu))
    ]
    return [*listed, *(("", title, keys) for title, keys in key_rows())]


def _in_full(record: Action) -> str:
    """Return a title that can be read outside its submenu."""
    return record.tip if record.submenu else out_of_menu(record.title)
