"""The desk of the news: write, propose, publish now or at a moment, return, withdraw."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.contributions.receiving import Arrival, examine
from portal.news import page, section
from portal.news.forms import ArticleForm, MomentForm
from portal.section import news_writers
from portal.viewer import instance, visit
from toolkit import access, news, organizations
from toolkit.errors import Conflict, Invalid, Message, Overtaken
from toolkit.news import photos
from toolkit.records import Article
from toolkit.records import now as this_moment


@section.route("/noticias/por-publicar", access=news_writers)
def unpublished() -> ResponseReturnValue:
    """What is not out: an editor sees everything, others what they wrote."""
    return render_template("news/unpublished.html", articles=news.unpublished(visit()), now=this_moment(),
                           editor=access.may_publish_news(visit().viewer))  # fmt: skip


@section.route("/noticias/nueva", access=news_writers, methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Write an article: it is kept as a draft."""
    arrivals = _arrivals()
    form = _form(ArticleForm())
    if request.method == "GET":
        return _sheet(form)
    try:
        article = news.add(visit(), form.piece())
        return _saved(form, article, arrivals)
    except Invalid as trouble:
        form.refuse(trouble)
        return _sheet(form), 422


@section.route("/noticias/por-publicar/<public_id:id>", access=news_writers)
def preview(id: str) -> ResponseReturnValue:  # noqa: A002 - the word of the address
    """An article as it will look, with what can be done with it."""
    return _preview(news.get(visit(), public_id=id), MomentForm())


def _preview(article: Article, form: MomentForm) -> ResponseReturnValue:
    coming = article.published_at is not None and article.published_at > this_moment()
    return page(article, desk=True, form=form, coming=coming,
                editor=access.may_publish_news(visit().viewer))  # fmt: skip


@section.route("/noticias/por-publicar/<public_id:id>/editar", access=news_writers, methods=["GET", "POST"])
def edit(id: str) -> ResponseReturnValue:  # noqa: A002
    """Change an article. When somebody else saved it meanwhile, both texts are shown and neither is lost."""
    arrivals = _arrivals()
    if request.method == "POST" and (gone := _out_of_hands(id)):
        return render_template("news/closed.html", article=gone, form=ArticleForm()), 409
    article = news.get_to_change(visit(), id)
    if request.method == "GET":
        return _sheet(_form(ArticleForm.of(news.describe(article), article.revision)), article)
    form = _form(ArticleForm())
    try:
        news.change(visit(), article, form.piece(), revision=form.begun(),
                    keeps_photo=not form.without_photo.data)  # fmt: skip
        return _saved(form, article, arrivals)
    except Overtaken as trouble:
        form.set_beside(_form(ArticleForm.of(trouble.theirs, trouble.revision)), trouble)
        return _sheet(form, article), 409
    except Invalid as trouble:
        form.refuse(trouble)
        return _sheet(form, article), 422


def _out_of_hands(id: str) -> Article | None:  # noqa: A002
    """The reader's own article, where an editor took or published it while they wrote."""
    article, viewer = news.get(visit(), public_id=id), visit().viewer
    own = viewer.signed_in and article.created_by == viewer.person_id
    return article if own and not access.may_change_article(viewer, article) else None


def _arrivals() -> list[Arrival]:
    """The photo that came with the form, looked into before the visit is opened."""
    if request.method == "GET":
        return []
    try:
        return examine()[:1]
    except Invalid as trouble:  # more came than is taken
        return [Arrival("", trouble=trouble.message)]


def _form(form: ArticleForm) -> ArticleForm:
    form.offer(organizations.names(visit()))
    return form


def _sheet(form: ArticleForm, article: Article | None = None) -> str:
    return render_template("news/edit.html", form=form, article=article)


def _saved(form: ArticleForm, article: Article, arrivals: list[Arrival]) -> ResponseReturnValue:
    """Keep the photo that came, or take away the one there was; its contents are kept last."""
    for arrival in arrivals:
        if arrival.received is None or arrival.format is None or arrival.trouble:
            raise Refused(arrival.trouble)
        photos.put(visit(), article, arrival.received, arrival.format)
    if not arrivals and form.without_photo.data:
        photos.remove(visit(), article)
    for arrival in arrivals:
        if arrival.received is not None:
            instance().store.keep(arrival.received)
    flash(_("Se guardó la noticia."))
    return redirect(url_for("news.preview", id=article.public_id))


class Refused(Invalid):
    """The photo was refused when it was looked into."""

    def __init__(self, message: Message | None) -> None:
        super().__init__(field="photo")
        self.message = message or self.message


def _act(id: str, act: Callable[[Article, MomentForm], None], done: str) -> ResponseReturnValue:  # noqa: A002
    article, form = news.get(visit(), public_id=id), MomentForm()
    try:
        act(article, form)
    except (Invalid, Conflict) as trouble:
        form.refuse(trouble)
        return _preview(article, form), 422  # type: ignore[return-value]
    flash(done)
    return redirect(url_for("news.preview", id=article.public_id))


@section.route("/noticias/por-publicar/<public_id:id>/publicar", access=news_writers, methods=["POST"])
def publish(id: str) -> ResponseReturnValue:  # noqa: A002
    """Bring it out now, or at the moment that is said."""
    return _act(id, lambda article, form: news.publish(visit(), article, form.moment()),
                _("Se guardó: la noticia está a la vista desde el momento indicado."))  # fmt: skip


@section.route("/noticias/por-publicar/<public_id:id>/enviar", access=news_writers, methods=["POST"])
def propose(id: str) -> ResponseReturnValue:  # noqa: A002
    """Hand it to the editors."""
    return _act(id, lambda article, form: news.propose(visit(), article),
                _("La noticia llegó a la edición del portal."))  # fmt: skip


@section.route("/noticias/por-publicar/<public_id:id>/devolver", access=news_writers, methods=["POST"])
def return_to(id: str) -> ResponseReturnValue:  # noqa: A002
    """Give it back to its author, or take it back to the drafts."""
    return _act(id, lambda article, form: news.return_to(visit(), article),
                _("La noticia volvió a los borradores."))  # fmt: skip


@section.route("/noticias/por-publicar/<public_id:id>/retirar", access=news_writers, methods=["POST"])
def withdraw(id: str) -> ResponseReturnValue:  # noqa: A002
    """Take it away from everybody but the editors."""
    return _act(id, lambda article, form: news.withdraw(visit(), article), _("La noticia quedó retirada."))
