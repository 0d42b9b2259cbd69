"""Temas: a page for each topic, with what this reader may see of it."""

from __future__ import annotations

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.languages import language
from portal.section import Section, anyone
from portal.viewer import visit
from toolkit import actions, catalogue, news, norms, vocabulary
from toolkit.catalogue import topics

section = Section("topics", __name__)
NEWEST = 5


def address(code: str) -> str:
    """The address of the page of a topic."""
    return url_for("topics.show", slug=topics.slug_of(code))


section.add_app_template_global(address, "topic_address")


@section.route("/temas", access=anyone)
def index() -> str:
    """All topics, each with what it is about and how much this reader finds there."""
    codes = vocabulary.load("topics").tops()
    return render_template("topics/index.html", codes=codes, about=about,
                           counts=catalogue.counts_by(visit(), "topic", codes))  # fmt: skip


@section.route("/temas/<slug>", access=anyone)
def show(slug: str) -> ResponseReturnValue:
    """One topic: what it is, what else it is called, the newest materials and news, the norms."""
    code = topics.by_slug().get(slug)
    if code is None:
        known = vocabulary.load("topics").find(slug)
        return redirect(address(known), 301) if known else abort(404)
    inside = vocabulary.load("topics").children(code)
    counts = catalogue.counts_by(visit(), "topic", [code, *inside])
    kinds = [(kind, number) for kind, number in catalogue.kinds_on(visit(), code).items()]
    return render_template(
        "topics/show.html", code=code, top=code.split(".")[0], about=about(code), also=topics.also(code),
        inside=[(one, counts[one]) for one in inside], total=counts[code], kinds=kinds,
        newest=[(one, one.versions[-1] if one.versions else None)
                for one in catalogue.newest_on(visit(), code, NEWEST)],
        articles=news.browse(visit(), topic=code).rows[:NEWEST],
        norms=norms.browse(visit(), topic=code), actions=actions.about(visit(), [code, *inside]),
    )  # fmt: skip


def about(code: str) -> str:
    """What a topic is about, in the language of the page; a topic inside another says what that one is."""
    return vocabulary.load("topic_notes").label(code.split(".")[0], language())
