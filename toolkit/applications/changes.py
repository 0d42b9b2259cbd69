"""Writing down that an organisation used or adapted a material, and taking that back."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, fields

from sqlalchemy import select

from toolkit import access, audit, revisions, tidy, vocabulary
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid
from toolkit.records import Application, Organization, Resource, now

WORDS, PEOPLE = 2_000, 1_000_000
HOW = ("used", "adapted")
RESULTS = ("worked", "partly", "failed")


@dataclass
class Report:
    """What an organisation tells: the number of the version, the day (the first of the month where
    `precision` is «month»), codes of country and region, `how` and `result`, what changed in words, how many
    people took part, and whether everybody may read it."""

    version: int = 0
    day: dt.date | None = None
    precision: str = "month"
    country: str = ""
    region: str = ""
    how: str = ""
    result: str = ""
    words: str = ""
    people: int | None = None
    public: bool = False


def describe(application: Application) -> Report:
    """What is told, as it stands."""
    return Report(**{one.name: getattr(application, one.name) for one in fields(Report)})


def add(visit: Visit, resource: Resource, organization: Organization, report: Report) -> Application:
    """Write it down for an organisation. The same told twice is written once. Raises Forbidden for who does
    not act for the organisation, Invalid naming the field that cannot be taken."""
    if resource.state != "published":
        raise Conflict(N_("Este material no está publicado: no se puede registrar que se aplicó."))
    if not access.may_apply_for(visit.viewer, organization):
        raise Forbidden
    report = _check(visit, resource, organization, report)
    same = _same(visit, resource, organization, report)
    if same is not None:
        return same
    application = Application(
        resource_id=resource.id, organization_id=organization.id, title=resource.title,
        created_by=visit.viewer.person_id, **asdict(report),
    )  # fmt: skip
    visit.session.add(application)
    visit.session.flush()
    _note(visit, "add", application)
    if application.public:
        _note(visit, "make_public", application)
    return application


def change(visit: Visit, application: Application, report: Report, *, revision: int) -> None:
    """Save what is told anew; `revision` is the one that the person began from: raises Overtaken where
    somebody else saved something else meanwhile. The material must still be there for the viewer, with the
    version that is named."""
    _check_may(visit, application)
    resource, organization = application.resource, application.organization
    if resource is None or organization is None:
        raise Conflict(N_("El material ya no está a su vista. Puede retirar este registro, no cambiarlo."))
    report = _check(visit, resource, organization, report)
    if not revisions.compare(describe(application), report, begun=revision, kept=application.revision):
        return
    was = application.public
    for name, said in asdict(report).items():
        setattr(application, name, said)
    application.changed_at = now()
    visit.session.flush()
    _note(visit, "change", application)
    if was != application.public:
        _note(visit, "make_public" if application.public else "make_private", application)


def make_private(visit: Visit, application: Application) -> None:
    """Take back that everybody may read it: from now on it is the organisation's own again."""
    if not access.may_silence(visit.viewer, application):
        raise Forbidden
    application.public, application.changed_at = False, now()
    visit.session.flush()
    _note(visit, "make_private", application)


def withdraw(visit: Visit, application: Application) -> None:
    """Take it back: it counts no more, and only the organisation's people see that it was there."""
    _check_may(visit, application)
    application.state, application.public, application.changed_at = "withdrawn", False, now()
    visit.session.flush()
    _note(visit, "withdraw", application)


def _check_may(visit: Visit, application: Application) -> None:
    if not access.may_change_application(visit.viewer, application):
        raise Forbidden
    if application.state == "withdrawn":
        raise Conflict(N_("Este registro ya se retiró. Si volvieron a aplicar el material, registre otro."))


def _same(visit: Visit, resource: Resource, organization: Organization, report: Report) -> Application | None:
    """The same told before, by whoever pressed the button twice."""
    said = [getattr(Application, name) == value for name, value in asdict(report).items()]
    return visit.session.scalars(
        select(Application)
        .where(
            Application.resource_id == resource.id,
            Application.organization_id == organization.id,
            Application.created_by == visit.viewer.person_id,
            Application.state == "recorded",
            *said,
        )
        .limit(1)
    ).one_or_none()


def _check(visit: Visit, resource: Resource, organization: Organization, report: Report) -> Report:
    """The report with tidy words; raises Invalid naming the field that cannot be taken."""
    report.words = tidy.text(report.words)
    if report.version not in [one.number for one in resource.versions]:
        raise Invalid(N_("Elija una versión de la lista."), field="version")
    report.day = _day(report, resource)
    _check_place(report)
    if report.how not in HOW:
        raise Invalid(N_("Diga si la usaron como está o la adaptaron."), field="how")
    if report.result not in RESULTS:
        raise Invalid(N_("Diga cómo les fue."), field="result")
    if not report.words:
        raise Invalid(N_("Cuente qué cambió: una o dos frases bastan."), field="words")
    if len(report.words) > WORDS:
        raise Invalid(N_("Tiene más de %(n)s caracteres. Acórtelo."), field="words", n=WORDS)
    if report.people is not None and not 0 < report.people <= PEOPLE:
        raise Invalid(N_("Escriba un número de personas, o deje el campo vacío."), field="people")
    if report.public and not access.may_consent(visit.viewer, organization.id):
        raise Invalid(N_("Solo la propia organización puede decir que se publique."), field="public")
    return report


def _day(report: Report, resource: Resource) -> dt.date:
    """The day, or the first of the month; none to come, and none before the year of the material."""
    if report.day is None or report.precision not in ("day", "month"):
        raise Invalid(N_("Escriba el mes o el día, por ejemplo 2027-03 o 2027-03-15."), field="when")
    day = report.day if report.precision == "day" else report.day.replace(day=1)
    if day > access.lima_day(now()):
        raise Invalid(N_("Esa fecha todavía no llega. Registre lo que ya hicieron."), field="when")
    if day.year < 1900:
        raise Invalid(N_("Revise el año."), field="when")
    if resource.year and day.year < resource.year:
        raise Invalid(N_("El material es de %(year)s: no se pudo aplicar antes."), field="when",
                      year=resource.year)  # fmt: skip
    return day


def _check_place(report: Report) -> None:
    if report.country not in vocabulary.load("countries"):
        raise Invalid(N_("Elija el país donde la aplicaron."), field="country")
    if report.region and report.region not in vocabulary.regions_of(report.country):
        raise Invalid(N_("La región no es de ese país. Elija otra región u otro país."), field="region")


def _note(visit: Visit, act: str, application: Application) -> None:
    audit.record(visit.session, visit.viewer, act, "application", application.public_id,
                 organization_id=application.organization_id)  # fmt: skip
