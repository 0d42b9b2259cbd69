"""Sections: blueprints on which a route that does not say who may come in cannot be written.

`access` is a required argument of `Section.route`. Endpoints that libraries register stand in `FOREIGN`.
`guard` enforces both on every request and refuses to start when an endpoint is in neither.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, abort, current_app, request
from flask.blueprints import BlueprintSetupState
from flask.globals import request_ctx
from werkzeug.exceptions import MethodNotAllowed

from portal import viewer as viewers
from toolkit.access import Viewer, may_administer, may_apply, may_write_news, uploads_for

Access = Callable[[Viewer], bool]


def anyone(viewer: Viewer) -> bool:
    """Visitors too."""
    return True


def signed_in(viewer: Viewer) -> bool:
    """Whoever has signed in."""
    return viewer.signed_in


def uploaders(viewer: Viewer) -> bool:
    """Whoever may create materials for some organisation."""
    return bool(uploads_for(viewer))


def news_writers(viewer: Viewer) -> bool:
    """Whoever writes news, or proposes them."""
    return may_write_news(viewer)


def appliers(viewer: Viewer) -> bool:
    """Whoever may tell that an organisation applied a material."""
    return may_apply(viewer)


def editors(viewer: Viewer) -> bool:
    """The editors of the portal."""
    return viewer.editor


def administrators(viewer: Viewer) -> bool:
    """Whoever administers the portal."""
    return may_administer(viewer)


def overseers(viewer: Viewer) -> bool:
    """Administrators, and the editors who are their second pair of eyes."""
    return may_administer(viewer) or viewer.editor


HIDDEN: frozenset[Access] = frozenset({administrators, overseers})
"""Doors that do not exist for whoever may not come in: the same 404 as an address that never was."""
FOREIGN: dict[str, Access] = {"static": anyone}
"""Endpoints that Flask and its extensions register, and who may come in."""


class Section(Blueprint):
    """A part of the portal: one noun, its views and its templates."""

    def __init__(self, name: str, import_name: str, **more: Any) -> None:
        super().__init__(name, import_name, **more)
        self.doors: dict[str, Access] = {}

    def route(self, rule: str, *, access: Access, **options: Any) -> Callable[[Any], Any]:  # type: ignore[override]
        """Like Flask's, with who may come in said first."""

        def decorate(view: Any) -> Any:
            endpoint = options.pop("endpoint", view.__name__)
            known = self.doors.setdefault(f"{self.name}.{endpoint}", access)
            if known is not access:
                raise RuntimeError(f"two rules of access for {endpoint}")
            self.add_url_rule(rule, endpoint, view, **options)
            return view

        return decorate

    def add_app_template_global(self, f: Callable[..., Any], name: str | None = None) -> None:
        """Like Flask's, but a word that templates know already is not given to something else."""
        word = name or f.__name__

        def register(state: BlueprintSetupState) -> None:
            if word in state.app.jinja_env.globals:
                raise RuntimeError(f"templates know «{word}» already")
            state.app.jinja_env.globals[word] = f

        self.record_once(register)


def doors(app: Flask) -> dict[str, Access]:
    """Who may come in at each endpoint of the application. Raises RuntimeError for a gap or a leftover."""
    said = dict(FOREIGN)
    for section in app.blueprints.values():
        if isinstance(section, Section):
            said.update(section.doors)
    present = {rule.endpoint for rule in app.url_map.iter_rules()}
    if missing := sorted(present - said.keys()):
        raise RuntimeError(f"no access said for {missing}")
    if stale := sorted(said.keys() - present):
        raise RuntimeError(f"access said for endpoints that do not exist: {stale}")
    return said


def _behind_another_method(said: dict[str, Access]) -> Access | None:
    """The door of an address asked for by a method that it does not take, if it is one of those that do not
    exist for everybody: «method not allowed» would tell."""
    trouble, adapter = request.routing_exception, request_ctx.url_adapter
    if not isinstance(trouble, MethodNotAllowed) or not trouble.valid_methods or adapter is None:
        return None
    endpoint, _ = adapter.match(method=next(iter(trouble.valid_methods)))
    return said[endpoint] if said[endpoint] in HIDDEN else None


def guard(app: Flask) -> None:
    """Check every request against its door, before anything else looks at it."""
    said = doors(app)

    def stop_at_the_door() -> Any:
        access = said[request.endpoint] if request.endpoint else _behind_another_method(said)
        if access is None or access is anyone:
            return None
        viewer = viewers.viewer()
        if access(viewer):
            return None
        if access in HIDDEN and (viewer.signed_in or not access(current_app.extensions["viewer_before"]())):
            abort(404)
        if viewer.signed_in:
            abort(403)
        return current_app.extensions["ask_to_sign_in"]()

    app.before_request_funcs.setdefault(None, []).insert(0, stop_at_the_door)
