"""The yearly report in words: one outline, shown as a page and written as a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from flask_babel import format_date

from portal.actions import wording
from portal.actions.wording import Parties
from portal.languages import gettext as _
from portal.languages import ngettext
from portal.resources import wording as resources
from portal.statistics import amount
from portal.templating import day, listed, number, percent
from toolkit import consents, markdown, workplan
from toolkit.access import lima_day
from toolkit.exports.outline import Block, Facts, Heading, Link, Paragraph, Table, Words
from toolkit.records import Action, ActionResource, Evidence, Objective, Organization, PlanChange, Resource
from toolkit.workplan import Advance, Figure
from toolkit.workplan.report import Report, serving, undone

Tell = Callable[[int], None]
NOTHING = "—"
LONG = ("words", "summary", "definition")
"""Fields of a change whose words are too long for a table."""


def title(report: Report) -> str:
    """What the report is called."""
    return _("Informe del plan de trabajo %(year)s", year=report.plan.year)


def outline(report: Report, tell: Tell = lambda done: None) -> Iterator[Block]:
    """All of the report, from its title on; `tell` hears how many actions are done."""
    yield from _beginning(report)
    yield from _numbers(report)
    yield from _actions(report, tell)
    yield from _undone(report)
    yield from _changes(report)


def _beginning(report: Report) -> Iterator[Block]:
    known = report.plan.agreement
    yield Heading(1, title(report))
    parties = listed(organization(one.organization) for one in known.parties)
    yield Paragraph([
        Link(known.title, "agreement.show", {"slug": known.slug}), ". ",
        _("Partes: %(names)s.", names=parties), " ",
        _("Situación al %(day)s.", day=day(report.day)),
    ])  # fmt: skip
    if report.plan.state == "draft":
        waiting = listed(organization(one.organization) for one in consents.missing(report.plan, known))
        yield Paragraph([_("El plan es todavía un borrador."), " ",
                         _("Falta la conformidad de %(names)s.", names=waiting)])  # fmt: skip
    elif report.plan.state == "agreed":
        yield Paragraph(_("El plan tiene la conformidad de las partes y todavía no está publicado."))
    if report.inside:
        yield Paragraph(_("Versión interna, para las partes del convenio: incluye prioridades, presupuesto y "
                          "cuántas notas de avance hay."))  # fmt: skip
    yield from (Paragraph(line) for line in markdown.plain(report.plan.words).splitlines())


def organization(one: Organization | None) -> str:
    """How an organisation is called, in short."""
    return (one.acronym or one.name) if one else _("Organización cerrada")


def _numbers(report: Report) -> Iterator[Block]:
    yield Heading(2, _("El año en cifras"))
    whole, late = report.whole, sum(bool(wording.late(one)) for one in report.actions)
    cancelled = sum(one.state == "cancelled" for one in report.actions)
    facts: list[tuple[str, list[Words]]] = [
        (_("Acciones del plan"), [number(whole.total)]),
        (_("Verificadas"), [number(whole.verified)]),
        (_("Avance del plan"), [percent(whole.percent)]),
        (_("Atrasadas"), [number(late)]),
        (_("Canceladas"), [number(cancelled)]),
    ]
    if report.exchange:
        facts.append((_("Intercambio del año"), [_exchanged(report)]))
    yield Facts(facts)
    if report.objectives:
        titles = [_("Objetivo"), _("Acciones"), _("Verificadas"), _("Avance")]
        rows = [_objective(one, far) for one, far in report.objectives]
        yield Table(_("Avance por objetivo"), titles, rows, (1, 2, 3))
    if report.figures:
        yield _indicators(report.figures)


def _exchanged(report: Report) -> str:
    total = report.exchange
    if total is None:
        return ""
    return ", ".join((
        ngettext("%(num)s entrega", "%(num)s entregas", total.deliveries),
        ngettext("%(num)s material", "%(num)s materiales", total.materials),
        _("%(n)s con recibo", n=total.acknowledged),
    ))  # fmt: skip


def _objective(one: Objective, far: Advance) -> list[Words]:
    advance = percent(far.percent) if far.total else NOTHING
    return [f"{one.code}. {one.words}", number(far.total), number(far.verified), advance]


def _indicators(figures: Iterable[Figure]) -> Table:
    titles = [_("Indicador"), _("Línea de base"), _("Meta"), _("Valor"), _("Avance"), _("Día"), _("Fuente")]
    rows: list[list[Words]] = []
    for one in figures:
        told = one.indicator
        name = f"{told.code}. {told.name}" + (f" ({told.unit})" if told.unit else "")
        value = NOTHING if one.value is None and not one.few else amount(one.value)
        rows.append([
            name, NOTHING if told.baseline is None else number(told.baseline), number(told.target), value,
            NOTHING if one.percent is None else percent(one.percent), short(one.day) or NOTHING, source(one),
        ])  # fmt: skip
    return Table(_("Indicadores"), titles, rows, (1, 2, 3, 4))


def short(when: dt.date | dt.datetime | None) -> str:
    """A day for a table: «23 nov. 2026», in Lima's calendar."""
    date = lima_day(when) if isinstance(when, dt.datetime) else when
    return str(format_date(date, "medium")) if date else ""


def source(figure: Figure) -> str:
    """Where the value of an indicator comes from."""
    if figure.indicator.counts:
        return _("Registros de este portal")
    return figure.source or NOTHING


def _actions(report: Report, tell: Tell) -> Iterator[Block]:
    if not report.actions:
        return
    yield Heading(2, _("Acciones por objetivo"), "acciones")
    done = 0
    for objective in (*(one for one, _far in report.objectives), None):
        own, others = serving(report, objective)
        if not own and not others:
            continue
        heading = f"{objective.code}. {objective.words}" if objective else _("Sin objetivo")
        yield Heading(3, heading)
        for action in own:
            tell(done)
            yield Heading(4, [_to(action)], action.code)
            yield from _action(report, action)
            done += 1
        if others:
            yield Paragraph([_("También sirven a este objetivo: "), *_joined([_to(one) for one in others])])
    tell(done)


def _to(action: Action) -> Link:
    return Link(f"{action.code}. {action.title}", "actions.show", {"code": action.code})


def _joined(links: Iterable[Link]) -> Iterator[str | Link]:
    for place, link in enumerate(links):
        if place:
            yield "; "
        yield link


def _action(report: Report, action: Action) -> Iterator[Block]:
    if action.summary:
        yield Paragraph(action.summary)
    late = wording.late(action)
    state = str(wording.STATES[action.state])
    answers = organization(action.responsible) + (f" ({action.post})" if action.post else "")
    facts: list[tuple[str, list[Words]]] = [
        (_("Estado"), [f"{state}. {late}" if late else state]),
        (_("Responsable"), [answers]),
        (_("Contraparte"), [organization(action.counterpart)]),
        (_("Plazo previsto"), [term(action)]),
        (_("Avance"), [percent(workplan.far(action))]),
    ]
    if action.verified_at:
        facts.append((_("Verificada"), [_("el %(day)s, por %(who)s", day=day(action.verified_at),
                                          who=organization(action.counterpart))]))  # fmt: skip
    products = _("Productos comprobados") if action.state == "verified" else _("Productos previstos")
    facts.append((products, [one.words for one in action.outputs]))
    facts.append((_("Evidencias"), [_evidence(one, report.inside) for one in action.evidence]))
    facts.append((_("Materiales"), [_material(one) for one in action.links if one.resource]))
    facts += _inside(report, action)
    yield Facts([(name, said) for name, said in facts if said])


def term(action: Action) -> str:
    """From when to when."""
    if action.starts_on and action.due_on:
        return _("Del %(since)s al %(until)s", since=day(action.starts_on), until=day(action.due_on))
    if action.due_on:
        return _("Hasta el %(day)s", day=day(action.due_on))
    return _("Sin fecha de término")


def _evidence(one: Evidence, inside: bool) -> Words:
    title: str | Link = _link(one.resource, one.title) if one.resource else one.title
    if one.withdrawn_at and not inside:
        title = _("Una evidencia que se retiró")
    elif one.sha256 and not one.withdrawn_at:
        title = Link(one.title, "actions.evidence", {"id": one.public_id})
    said = [title, f" ({organization(one.organization)}, {day(one.added_at)})"]
    if one.withdrawn_at:
        said.append(". " + _("Retirada el %(day)s: %(reason)s", day=day(one.withdrawn_at),
                             reason=one.withdrawn_for))  # fmt: skip
    return said


def _material(one: ActionResource) -> Words:
    assert one.resource is not None  # noqa: S101 - asked for by the caller
    return [_link(one.resource), ", " + _("versión %(n)s", n=one.version)]


def _link(resource: Resource, words: str = "") -> Link:
    return Link(words or resource.title, "resources.show",
                {"id": resource.public_id, "slug": resources.slug(resource.title)})  # fmt: skip


def _inside(report: Report, action: Action) -> Iterator[tuple[str, list[Words]]]:
    """What only the parties read: a session that shows it to others would not be theirs."""
    if not report.inside:
        return
    for one in action.priorities:
        yield _("Prioridad de %(who)s", who=organization(one.organization)), [one.words]
    yield _("Línea de presupuesto"), [action.detail.budget] if action.detail and action.detail.budget else []
    yield _("Notas de avance"), [number(report.notes.get(action.id, 0))]


def _undone(report: Report) -> Iterator[Block]:
    rows: list[list[Words]] = []
    for action, reason in undone(report):
        state = wording.late(action) or str(wording.STATES[action.state])
        rows.append([[_to(action)], organization(action.responsible), state, reason or NOTHING])
    if rows:
        yield Heading(2, _("Lo que no se hizo, y por qué"))
        titles = [_("Acción"), _("Responsable"), _("Estado"), _("Por qué")]
        yield Table(_("Acciones sin terminar"), titles, rows)


def _changes(report: Report) -> Iterator[Block]:
    if not report.changes:
        return
    yield Heading(2, _("Cambios del plan"))
    titles = [_("N.º"), _("Día"), _("Qué cambió"), _("Por qué"), _("Lo propuso")]
    parties = report.plan.agreement.parties
    rows: list[list[Words]] = [
        [str(one.number), short(one.agreed_at), changed(one, parties), one.reason, organization(by)]
        for one, by in ((change, change.organization) for change in report.changes)
    ]
    yield Table(_("Cambios acordados por las partes"), titles, rows)


def changed(change: PlanChange, parties: Parties = ()) -> list[str]:
    """What a change did: «2026-03: Termina, de «30 de junio de 2026» a «30 de setiembre de 2026»», «Nueva
    acción 2026-09»."""
    if change.noun == "action" and change.action and change.act != "change":
        words = _("Nueva acción %(code)s") if change.act == "add" else _("Cancelación de %(code)s")
        return [words % {"code": change.action.code}]
    thing = change.action or change.indicator
    begin = f"{thing.code}: " if thing else _("Presentación del plan: ")
    fields = "; ".join(_field(name, before, after, parties) for name, before, after in change.told)
    return [begin + (fields or _("detalle interno"))]


def _field(name: str, before: object, after: object, parties: Parties) -> str:
    words = str(wording.FIELDS.get(name, name))
    if name in LONG:
        return words
    was, is_now = (wording.told(name, one, parties) for one in (before, after))
    return _("%(field)s, de «%(before)s» a «%(after)s»", field=words, before=was, after=is_now)
