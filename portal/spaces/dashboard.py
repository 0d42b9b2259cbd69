"""The first page of a space, and the choice between several."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.section import signed_in
from portal.spaces import section
from portal.viewer import instance, viewer, visit
from toolkit import catalogue, coordination, spaces
from toolkit.access import leads, may_upload
from toolkit.catalogue.lists import Shown
from toolkit.records import Action, Folder, Meeting, Organization, Party, now
from toolkit.spaces import Fellow, Task, deliveries, folders, joint
from toolkit.spaces.deliveries import Listed

log = logging.getLogger(__name__)
LATELY = dt.timedelta(days=14)
"""What counts as new for somebody who was never here before."""
FIRST_TASKS = 5
FIRST_FELLOWS = 8
ALL_NEWS = 200
"""How much of what is new is listed at most."""
Block = TypeVar("Block")


@dataclass(frozen=True)
class Dashboard:
    """The blocks of a space, each None where it could not be put together."""

    tasks: list[Task] | None
    arrivals: Listed | None
    documents: Shown | None
    folders: list[tuple[Folder, int]] | None
    received: Listed | None
    given: Listed | None
    fellows: list[Fellow] | None
    drafts: list[tuple[str, str]] | None
    parties: list[Party] | None
    actions: Sequence[Action] | None
    meetings: Sequence[Meeting] | None


def block(load: Callable[[], Block]) -> Block | None:
    """What a block shows; None, and the error in the log, where it fails: the others are shown."""
    try:
        return load()
    except Exception:
        log.exception("a block of %s failed", request.path)
        return None


@section.route("/espacios", access=signed_in)
def index() -> ResponseReturnValue:
    """The spaces of this person with what waits in each; the only one is opened at once. Who administers the
    portal and belongs nowhere goes to the administration."""
    mine, closed = spaces.browse(visit()), spaces.suspended(visit())
    if len(mine) == 1 and not closed:
        return redirect(url_for("spaces.show", slug=mine[0].slug))
    if visit().viewer.administrator and not mine and not closed:
        return redirect(url_for("administration.index"))
    return render_template("spaces/index.html", organizations=mine, closed=closed,
                           counts=spaces.waiting(visit()))  # fmt: skip


@section.route("/espacios/<slug>", access=signed_in)
def show(slug: str) -> ResponseReturnValue:
    """What waits, what is new, the documents, what went to and fro, the people."""
    before = spaces.enter(instance().database, viewer(), slug)
    organization = spaces.get(visit(), slug)
    return render_template(
        "spaces/show.html", organization=organization, before=before,
        blocks=_blocks(organization, before or now() - LATELY),
        uploads=may_upload(visit().viewer, organization.id), leads=leads(visit().viewer, organization.id),
        coordinates=coordination.concerns(visit(), organization),
        several=len(visit().viewer.organizations) > 1, all_tasks=request.args.get("pendiente") == "todo",
        all_news=_all_news(), first_tasks=FIRST_TASKS, first_fellows=FIRST_FELLOWS,
    )  # fmt: skip


def _all_news() -> bool:
    return request.args.get("nuevo") == "todo"


def _blocks(organization: Organization, since: dt.datetime) -> Dashboard:
    page = request.args.get("pagina", 1, int)
    coordinates = leads(visit().viewer, organization.id)
    news = ALL_NEWS if _all_news() else deliveries.FIRST
    return Dashboard(
        tasks=block(lambda: spaces.tasks(visit(), organization)),
        arrivals=block(lambda: deliveries.arrivals(visit(), organization, since, news)),
        documents=block(lambda: catalogue.browse_of(visit(), organization, page)),
        folders=block(lambda: folders.browse(visit(), organization)),
        received=block(lambda: deliveries.received(visit(), organization)),
        given=block(lambda: deliveries.given(visit(), organization)),
        fellows=block(lambda: spaces.fellows(visit(), organization)),
        drafts=block(lambda: catalogue.draft_titles(visit(), organization.id)) if coordinates else [],
        parties=block(lambda: joint.parties(visit(), organization)) if organization.kind == "joint" else [],
        actions=block(lambda: coordination.actions_of(visit(), organization)),
        meetings=block(lambda: coordination.meetings_of(visit(), organization)),
    )
