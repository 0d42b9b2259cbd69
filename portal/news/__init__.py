"""Actualidad y noticias: the archive by year and topic, an article, its photo, the feed."""

from __future__ import annotations

from flask import Response, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.citations import cited, telling
from portal.resources.files import send_picture
from portal.section import Section, anyone
from portal.viewer import instance, visit
from toolkit import access, catalogue, news, tidy, vocabulary
from toolkit.news import photos
from toolkit.records import Article

section = Section("news", __name__)
IN_THE_FEED = 20


@section.route("/noticias", access=anyone)
def index() -> ResponseReturnValue:
    """All that is out, the newest first; on one topic where the address says so."""
    return _list(None)


@section.route("/noticias/<whole:year>", access=anyone)
def archive(year: int) -> ResponseReturnValue:
    """What came out in one year."""
    return _list(year)


def _list(year: int | None) -> ResponseReturnValue:
    said = request.args.get("tema", "")
    topic = said if said in vocabulary.load("topics") else ""
    number = request.args.get("pagina", "")
    page = int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else 1
    found = news.browse(visit(), year=year, topic=topic, page=page)
    years = news.years(visit())
    nearest = min((one for one, _ in years), key=lambda one: (abs(one - (year or one)), -one), default=None)

    def address(number: int) -> str:
        said = {"tema": topic or None, "pagina": str(number) if number > 1 else None}
        if year is None:
            return url_for("news.index", **said)  # type: ignore[arg-type]
        return url_for("news.archive", year=year, **said)  # type: ignore[arg-type]

    return render_template(
        "news/index.html", found=found, years=years, year=year, topic=topic, nearest=nearest, address=address,
        may_write=access.may_write_news(visit().viewer),
    )  # fmt: skip


@section.route("/noticias/<whole:year>/<slug>", access=anyone)
def show(year: int, slug: str) -> ResponseReturnValue:
    """One article."""
    return page(news.get(visit(), year=year, slug=slug))


def page(article: Article, **more: object) -> ResponseReturnValue:
    """The page of an article, with what is related to it as far as this reader sees that."""
    codes = [term.code for term in article.terms]
    named = cited("article", article.public_id)
    counts = catalogue.counts_by(visit(), "topic", codes) if codes else {}
    return render_template(
        "news/show.html", article=article, drawn=photos.picture(instance().store, article) is not None,
        related=news.related(visit(), article, telling(named)), norms=named,
        topics=[(code, counts[code]) for code in codes if counts[code]],
        resources=[one.resource for one in article.resources if one.resource is not None],
        actions=[one.action for one in article.actions if one.action is not None],
        organizations=[one.organization for one in article.organizations if one.organization is not None],
        may_change=access.may_change_article(visit().viewer, article), **more,
    )  # fmt: skip


@section.route("/noticias/foto/<public_id:id>", access=anyone)
def photo(id: str) -> Response:  # noqa: A002 - the word of the address
    """The photo of an article, as the worker has drawn it."""
    article = news.get(visit(), public_id=id)
    path = photos.picture(instance().store, article)
    if path is None:
        abort(404)
    return send_picture(path, article.changed_at)


@section.route("/noticias/novedades.xml", access=anyone)
def feed() -> Response:
    """The newest articles as an Atom feed (RFC 4287)."""
    words = render_template("news/feed.xml", articles=news.latest(visit(), IN_THE_FEED))
    answer = make_response(tidy.clean(words))  # one word that XML cannot hold would take it from everybody
    answer.mimetype = "application/atom+xml"
    return answer


from portal.news import desk  # noqa: E402, F401 - its routes
