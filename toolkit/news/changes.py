"""What people do to an article: write, change, propose, publish now or at a moment, return, withdraw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from toolkit import access, audit, revisions, slugs, tidy, vocabulary
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid
from toolkit.jobs import enqueue
from toolkit.records import (
    Action,
    Article,
    ArticleAction,
    ArticleOrganization,
    ArticleResource,
    ArticleTerm,
    Organization,
    Resource,
    now,
)

TITLE, SUMMARY, BODY = 200, 500, 40_000
DESCRIPTION, CREDIT = 500, 200
_LENGTHS = {"title": TITLE, "summary": SUMMARY, "body": BODY, "alternative": DESCRIPTION,
            "caption": DESCRIPTION, "credit": CREDIT}  # fmt: skip
_UNORDERED = ("topics", "resources", "organizations", "actions")


@dataclass
class Piece:
    """What is written: words, topics and actions by code, materials by public id, organisations by slug."""

    title: str = ""
    summary: str = ""
    body: str = ""
    topics: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)
    organizations: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    alternative: str = ""
    caption: str = ""
    credit: str = ""


def describe(article: Article) -> Piece:
    """What is written, as it stands, as far as the viewer of the article's session sees it."""
    return Piece(
        article.title, article.summary, article.body, [one.code for one in article.terms],
        [one.resource.public_id for one in article.resources if one.resource],
        [one.organization.slug for one in article.organizations if one.organization],
        [one.action.code for one in article.actions if one.action],
        article.alternative, article.caption, article.credit,
    )  # fmt: skip


def check(piece: Piece) -> Piece:
    """The piece with tidy words; raises Invalid naming the field that cannot be taken."""
    for name in ("title", "credit"):
        setattr(piece, name, tidy.line(getattr(piece, name)))
    for name in ("summary", "body", "alternative", "caption"):
        setattr(piece, name, tidy.text(getattr(piece, name)))
    if not piece.title:
        raise Invalid(N_("Escriba un título."), field="title")
    for name, most in _LENGTHS.items():
        tidy.check_length(getattr(piece, name), most, name)
    topics = vocabulary.load("topics")
    for code in piece.topics:
        if code not in topics:
            raise Invalid(N_("«%(code)s» no está en la lista. Elija un valor de la lista."), field="topics",
                          code=code)  # fmt: skip
    return piece


def add(visit: Visit, piece: Piece) -> Article:
    """A new draft of the viewer; the one there is, where the button was pressed twice."""
    if not access.may_write_news(visit.viewer):
        raise Forbidden
    piece = check(piece)
    if same := _same(visit, piece):
        return same
    article = Article(title="", created_by=visit.viewer.person_id)
    _write(visit, article, piece)
    visit.session.add(article)
    visit.session.flush()
    _note(visit, "create", article)
    return article


def _same(visit: Visit, piece: Piece) -> Article | None:
    """The draft of the viewer that says just this."""
    drafts = visit.session.scalars(
        select(Article).where(Article.state == "draft", Article.title == piece.title,
                              Article.created_by == visit.viewer.person_id)
    )  # fmt: skip
    return next((one for one in drafts if not _differing(one, piece, begun=one.revision)), None)


def change(
    visit: Visit, article: Article, piece: Piece, *, revision: int, keeps_photo: bool = True
) -> None:  # fmt: skip
    """Save what is written; `revision` is the one that the person began from: raises `Overtaken` when
    somebody else saved something else meanwhile. What is published stays fit for it: Invalid otherwise;
    `keeps_photo` says that the photo it has, if any, is not about to be taken away."""
    _check_may(access.may_change_article(visit.viewer, article))
    piece = check(piece)
    if not _differing(article, piece, begun=revision):
        return
    if article.state == "published":
        _check_ready(piece, photo=bool(article.photo) and keeps_photo)
    _write(visit, article, piece)
    visit.session.flush()
    _note(visit, "change", article)
    _reindex(visit, article)


def propose(visit: Visit, article: Article) -> None:
    """Hand a draft to the editors; its author changes it no more, unless they return it."""
    _check_may(access.may_change_article(visit.viewer, article))
    if article.state != "draft":
        raise Conflict(N_("Esta noticia ya se envió."))
    if not article.body:
        raise Invalid(N_("Escriba el texto de la noticia antes de enviarla."), field="body")
    article.state, article.changed_at = "proposed", now()
    _note(visit, "propose", article)


def return_to(visit: Visit, article: Article) -> None:
    """Give a proposal back to its author, or take what is out, or was withdrawn, back to the drafts."""
    _check_may(access.may_publish_news(visit.viewer))
    if article.state == "draft":
        raise Conflict(N_("Esta noticia ya es un borrador."))
    _take_back(article, "draft")
    _note(visit, "return", article)
    _reindex(visit, article)


def publish(visit: Visit, article: Article, moment: dt.datetime | None = None) -> None:
    """Bring it out at a moment, or now where none is said; what was out before keeps its day then. Its
    address (year and slug) is given anew each time until it has been out, and stays from then on."""
    _check_may(access.may_publish_news(visit.viewer))
    _check_ready(describe(article), photo=bool(article.photo))
    _note_first_day(article)
    article.published_at = moment or _day_before_now(article) or now()
    if article.first_out_at is None:
        article.year = article.published_at.astimezone(access.LIMA).year
        article.slug = slugs.free(slugs.slug(article.title, "noticia"), _slugs_of_year(visit, article))
    article.state, article.changed_at = "published", now()
    _note_first_day(article)
    visit.session.flush()
    _note(visit, "publish", article, since=article.published_at.isoformat(timespec="minutes"))
    _reindex(visit, article)


def withdraw(visit: Visit, article: Article) -> None:
    """Take what is published away from everybody but the editors."""
    _check_may(access.may_publish_news(visit.viewer))
    if article.state != "published":
        raise Conflict(N_("Solo se retira una noticia que está publicada."))
    _take_back(article, "withdrawn")
    _note(visit, "withdraw", article)
    _reindex(visit, article)


def _check_may(allowed: bool) -> None:
    if not allowed:
        raise Forbidden


def _check_ready(piece: Piece, *, photo: bool) -> None:
    """Raise Invalid for what cannot be shown to everybody."""
    for name, said in (("summary", piece.summary), ("body", piece.body)):
        if not said:
            raise Invalid(N_("Para publicar hacen falta el resumen y el texto."), field=name)
    if photo:
        check_described(piece.alternative)


def check_described(alternative: str) -> None:
    """Raise Invalid where the photo of what is published has no words for who does not see it."""
    if not alternative:
        raise Invalid(
            N_("Describa la foto para quien no la ve: hace falta para publicar."), field="alternative"
        )


def _differing(article: Article, piece: Piece, *, begun: int) -> list[str]:
    return revisions.compare(describe(article), piece, begun=begun, kept=article.revision,
                             unordered=_UNORDERED)  # fmt: skip


def _day_before_now(article: Article) -> dt.datetime | None:
    """The moment at which it came out, or None where that is still to come."""
    day = article.published_at
    return day if day is not None and day <= now() else None


def _note_first_day(article: Article) -> None:
    """Remember that it is out, once it is: its address is known from then on."""
    if article.state == "published" and article.first_out_at is None:
        article.first_out_at = _day_before_now(article)


def _take_back(article: Article, state: str) -> None:
    """Into another state; a moment that is still to come is given up."""
    _note_first_day(article)
    article.published_at = _day_before_now(article)
    article.state, article.changed_at = state, now()


def _write(visit: Visit, article: Article, piece: Piece) -> None:
    for name in _LENGTHS:
        setattr(article, name, getattr(piece, name))
    _keep(article.terms, piece.topics, "code", lambda code: ArticleTerm(code=code))
    told = visit.session.scalars(select(Resource).where(Resource.public_id.in_(piece.resources))).all()
    if len(told) < len(set(piece.resources)):
        raise Invalid(N_("Uno de los materiales no existe o usted no lo ve. Revise sus direcciones."),
                      field="resources")  # fmt: skip
    _keep(
        article.resources, [one.id for one in told], "resource_id", lambda id: ArticleResource(resource_id=id)
    )
    places = visit.session.scalars(
        select(Organization).where(Organization.slug.in_(piece.organizations),
                                   Organization.kind == "organization")
    ).all()  # fmt: skip
    if len(places) < len(set(piece.organizations)):
        raise Invalid(N_("Elija organizaciones de la lista."), field="organizations")
    _keep(article.organizations, [one.id for one in places], "organization_id",
          lambda key: ArticleOrganization(organization_id=key))  # fmt: skip
    done = visit.session.scalars(select(Action).where(Action.code.in_(piece.actions))).all()
    if len(done) < len(set(piece.actions)):
        raise Invalid(N_("Una de las acciones no existe. Revise sus códigos, por ejemplo 2026-03."),
                      field="actions")  # fmt: skip
    _keep(article.actions, [one.id for one in done], "action_id", lambda key: ArticleAction(action_id=key))
    article.changed_at = now()


def _keep(rows: list[Any], wanted: list[Any], name: str, make: Any) -> None:
    """The rows with these values: those there stay, others go, new ones come."""
    for row in list(rows):
        if getattr(row, name) not in wanted:
            rows.remove(row)
    known = {getattr(row, name) for row in rows}
    rows.extend(make(value) for value in dict.fromkeys(wanted) if value not in known)


def _slugs_of_year(visit: Visit, article: Article) -> Sequence[str | None]:
    """The slugs of the other articles of its year. An editor's session, which publishes, holds them all."""
    return visit.session.scalars(
        select(Article.slug).where(Article.year == article.year, Article.id != article.id)
    ).all()


def _note(visit: Visit, act: str, article: Article, **values: Any) -> None:
    audit.record(visit.session, visit.viewer, act, "article", article.public_id, **values)


def _reindex(visit: Visit, article: Article) -> None:
    """Bring the shelves up to date now; the job itself comes back at the moment when it comes out."""
    enqueue(visit.session, "index", "index_resource", article.public_id)
