"""What may be hidden in a portal: each function writes records of one sort, with a word of its own, and gives
them back so that they can be taken away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.records import Account, Passkey, RecoveryCode, SignIn, SignInLink
from tests.silence.records import Paper, add_version, id_of, organization, paper, person
from tests.silence.worlds import COMMON, VIEWERS, Portal, appoint, index, invitation, request
from toolkit import people
from toolkit.records import (
    Action,
    ActionDetail,
    ActionObjective,
    ActionResource,
    ActionTerm,
    Agreement,
    AgreementParty,
    Amendment,
    Annex,
    Application,
    Article,
    ArticleAction,
    ArticleOrganization,
    ArticleResource,
    ArticleTerm,
    Assignee,
    Attendance,
    AuditEntry,
    Coauthor,
    Commitment,
    Compendium,
    CompendiumItem,
    Consent,
    Emergency,
    Erasure,
    Evidence,
    Indicator,
    Initiative,
    InitiativeBenefit,
    Job,
    Lease,
    Measure,
    Meeting,
    Membership,
    Milestone,
    MissedSearch,
    Norm,
    NormRelation,
    NormTerm,
    Note,
    Objective,
    OrganizationUnit,
    Output,
    Party,
    Placement,
    Plan,
    PlanChange,
    Priority,
    Procedure,
    Reminder,
    Resource,
    Signatory,
    Step,
    Task,
    Use,
    now,
)
from toolkit.records import OutboxMessage as Message


def _paper(word: str, **more: Any) -> Paper:
    """A paper full of the words of others, of facets that nobody else has, and a word of its own."""
    number, bare = sum(map(ord, word)), word.rstrip("0123456789")
    common = COMMON[number % len(COMMON)]
    return replace(
        Paper(
            f"Guía {word} {common}", texts=[f"{word} {common} {bare}, agua y riego", f"{bare} {common}"],
            summary=f"Sobre {bare} y {common}", topics=["T08", "T01"],
            facets={"year": 1960 + number % 20, "country": "BO", "region": "", "kind": "R07",
                    "authors": [f"Autora {word}"]},
        ),
        **more,
    )  # fmt: skip


def _hide(portal: Portal, given: Paper) -> list[Any]:
    with portal.writing() as session:
        resource = paper(portal.instance, session, given)
        index(session, resource)
        session.expunge_all()
    return [resource]


def own(portal: Portal, word: str) -> list[Any]:
    """A material of level 3 in a folder."""
    return _hide(portal, _paper(word, level=3, folder=f"Carpeta {word}"))


def chosen(portal: Portal, word: str) -> list[Any]:
    """A material of level 2, delivered to an organisation of nobody who looks."""
    return _hide(portal, _paper(word, level=2, delivered={"cuarta": 2}))


def ended(portal: Portal, word: str) -> list[Any]:
    """A share that is over."""
    return _hide(portal, _paper(word, level=2, delivered={"cuarta": 1}, ended=True))


def draft(portal: Portal, word: str) -> list[Any]:
    """A draft that is meant for everybody, with a co-author."""
    made = _hide(portal, _paper(word, level=0, state="draft"))
    with portal.writing() as session:
        session.add(Coauthor(resource_id=made[0].id, person_id=people.get(session, "cuatro@cuarta.pe").id))
    return made


def withdrawn(portal: Portal, word: str) -> list[Any]:
    """What its own organisation alone could read before it was withdrawn."""
    return _hide(portal, _paper(word, level=3, state="withdrawn"))


def once_public(portal: Portal, word: str) -> list[Any]:
    """Made private after having been public, and found by everybody meanwhile."""
    return _narrowed(portal, _paper(word, level=0))


def once_for_members(portal: Portal, word: str) -> list[Any]:
    """Made private after members had read it and everybody had seen its card."""
    return _narrowed(portal, _paper(word, level=1, show_card=True))


def _narrowed(portal: Portal, given: Paper) -> list[Any]:
    made = _hide(portal, given)
    portal.work()
    for who in VIEWERS:
        assert made[0].public_id in portal.get(who, f"/biblioteca?q={given.title}").body.decode(), who
    with portal.writing() as session:
        resource = session.get_one(Resource, made[0].id)
        resource.level, resource.show_card = 3, False
        index(session, resource)
    return made


def newer_version(portal: Portal, word: str) -> list[Any]:
    """A newer version of what was delivered: its receivers go on reading the delivered one."""
    return _another(portal, "Balance entregado", word)


def other_contents(portal: Portal, word: str) -> list[Any]:
    """Other contents behind a card that everybody sees."""
    return _another(portal, "Padrón con ficha", word)


def _another(portal: Portal, title: str, word: str) -> list[Any]:
    with portal.writing() as session:
        resource = session.scalars(select(Resource).where(Resource.title == title)).one()
        index(session, resource)
        made = add_version(portal.instance, session, resource, f"{word} agua en otra versión")
        session.refresh(made, ["resource"])
        session.expunge_all()
    return [made]


def dealings(portal: Portal, word: str) -> list[Any]:
    """A request and an invitation that wait in another organisation."""
    with portal.writing() as session:
        return _kept(session, request(session, "ajena", "cuatro@cuarta.pe", f"Por {word}, por favor"),
                     invitation(session, "ajena", f"{word}@ajena.pe"))  # fmt: skip


def in_the_back(portal: Portal, word: str) -> list[Any]:
    """What works in the background: jobs, leases, mail, what stands where, the audit, what was erased."""
    with portal.writing() as session:
        return _kept(
            session, Message(recipient=f"{word}@ajena.pe", template="reset", values={"name": word}),
            Job(lane="slow", kind="sweep", key=word, run_at=now() + dt.timedelta(days=9)),
            Placement(noun="action", public_id=word, shelf="public", version=1, form="full"),
            AuditEntry(act="publish", noun="resource", noun_id=word, values={"title": word},
                       organization_id=id_of(session, "ajena")),
            Lease(name=word, holder=word, until=now()), Erasure(digest=word),
        )  # fmt: skip


def a_person(portal: Portal, word: str) -> list[Any]:
    """Somebody with an account, a sign-in and the keys to it; and a membership of another's, who was counted
    among the members before: whoever publishes is told how many people may read («Hoy: 7 personas»)."""
    with portal.writing() as session:
        somebody = person(session, f"{word}@ajena.pe")
        account = Account(person_id=somebody.id)
        session.add(account)
        session.flush()
        session.add_all([
            SignIn(account_id=account.id, key_digest=word), RecoveryCode(account_id=account.id, seal=word),
            SignInLink(account_id=account.id, key_digest=word, expires_at=now()),
            Passkey(account_id=account.id, credential_id=word.encode(), public_key=word.encode(), name=word),
        ])  # fmt: skip
        joined = Membership(person_id=people.get(session, "autora@ajena.pe").id, role="member",
                            organization_id=id_of(session, "cuarta"))  # fmt: skip
        return _kept(session, somebody, joined)


def an_organization(portal: Portal, word: str) -> list[Any]:
    """A suspended organisation with a unit, a person and a material."""
    with portal.writing() as session:
        made = _kept(session, organization(session, f"cerrada-{word}", active=False))
        made += _kept(session, OrganizationUnit(organization_id=made[0].id, name=f"Unidad {word}"))
        made += _kept(session, person(session, f"{word}@cerrada.pe", {f"cerrada-{word}": "promoter"}))
    return made + _hide(portal, _paper(word, owner=f"cerrada-{word}", level=3, author=f"{word}@cerrada.pe"))


def a_joint_space(portal: Portal, word: str) -> list[Any]:
    """A space of two other organisations, with a material in it."""
    with portal.writing() as session:
        joint = organization(session, f"mesa-{word}", kind="joint")
        parties = [Party(joint_id=joint.id, organization_id=id_of(session, slug), opened_at=now())
                   for slug in ("ajena", "cuarta")]  # fmt: skip
        made = _kept(session, joint, *parties)
    return made + _hide(portal, _paper(word, owner=f"mesa-{word}", level=3))


def an_emergency(portal: Portal, word: str) -> list[Any]:
    """An administrator's access that was asked for."""
    with portal.writing() as session:
        asked = Emergency(organization_id=id_of(session, "ajena"), reason=f"Por {word}",
                          person_id=people.get(session, "administra@ejemplo.pe").id)  # fmt: skip
        return _kept(session, asked)


def a_post(portal: Portal, word: str) -> list[Any]:
    """Who coordinates another organisation."""
    with portal.writing() as session:
        return _kept(session, appoint(session, "ajena", "autora@ajena.pe"))


def applied(portal: Portal, word: str) -> list[Any]:
    """What another organisation keeps to itself: that it applied what everybody reads, that it took this
    back, and, though it is public, that it applied what nobody else may know of."""
    secret = _paper(f"{word}9", owner="cuarta", level=3)
    made = _hide(portal, secret)
    with portal.writing() as session:
        seen = session.scalars(
            select(Resource).where(Resource.level == 0, Resource.state == "published")
        ).first()
        author, place = people.get(session, "cuatro@cuarta.pe").id, id_of(session, "cuarta")
        rows = [(seen, {}), (seen, {"state": "withdrawn"}), (made[0], {"public": True})]
        return made + _kept(session, *(
            Application(resource_id=one.id, organization_id=place, title=one.title, version=1, how="used",
                        result="worked", words=f"{word} agua {n}", country="BO", created_by=author,
                        day=dt.date(1965, 1, 1), **more)
            for n, (one, more) in enumerate(rows) if one
        ))  # fmt: skip


def used(portal: Portal, word: str) -> list[Any]:
    """How much a private material is used, and what too few searched for."""
    made = _hide(portal, _paper(f"{word}8", owner="cuarta", level=3))
    today = now().date()
    with portal.writing() as session:
        uses = [Use(day=today, resource_id=made[0].id, act=act, n=40) for act in ("view", "page", "download")]
        return made + _kept(session, *uses, MissedSearch(month=today.replace(day=1), words=word, n=4))


def a_draft_of_news(portal: Portal, word: str) -> list[Any]:
    """News that are not out: a draft with everything that hangs on it, and some that come out tomorrow."""
    with portal.writing() as session:
        draft = Article(title=f"Noticia {word}", summary=word, body=f"{word}, agua y riego",
                        created_by=people.get(session, "autora@ajena.pe").id)  # fmt: skip
        draft.terms = [ArticleTerm(code="T08")]
        draft.organizations = [ArticleOrganization(organization_id=id_of(session, "ajena"))]
        some = session.scalars(select(Resource).where(Resource.level == 0)).first()
        draft.resources = [ArticleResource(resource_id=some.id)] if some else []
        done = session.scalars(select(Action)).first()
        draft.actions = [ArticleAction(action_id=done.id)] if done else []
        coming = Article(title=f"Mañana {word}", state="published", year=1965, slug=word, body=f"{word} agua",
                         published_at=now() + dt.timedelta(days=1), photo=None)  # fmt: skip
        return _kept(session, draft, coming)


def a_draft_of_an_agreement(portal: Portal, word: str) -> list[Any]:
    """An agreement of two other organisations that is not out, with everything that hangs on it."""
    with portal.writing() as session:
        draft = Agreement(slug=f"convenio-{word}", title=f"Convenio {word}", object=f"{word} agua",
                          objective=word, signed_on=dt.date(1965, 1, 1))  # fmt: skip
        day, some = dt.date(1965, 1, 1), id_of(session, "ajena")
        draft.text = session.scalars(select(Resource).where(Resource.level == 0)).first()
        draft.parties = [
            AgreementParty(organization_id=id_of(session, slug), role=f"{word} {slug}")
            for slug in ("ajena", "cuarta")
        ]
        draft.objectives = [Objective(number=1, words=f"{word}, agua y riego")]
        draft.signatories = [Signatory(name=word, post=word, organization=word, signed_on=day)]
        draft.milestones = [Milestone(day=day, words=word)]
        draft.annexes = [Annex(title=word), Annex(title=f"Anexo {word}", internal=True)]
        draft.procedures = [Procedure(code="P1", title=word, version="1", dated=day, words=word)]
        amendment = Amendment(title=word, words=word, dated=day, answer=word)
        amendment.consents = [
            Consent(organization_id=some, person_id=people.get(session, "autora@ajena.pe").id)
        ]
        draft.amendments = [amendment]
        return _kept(session, draft)


def a_draft_of_a_plan(portal: Portal, word: str) -> list[Any]:
    """A plan of two other organisations that is not out, with an indicator, an action and a change."""
    with portal.writing() as session:
        known = session.scalars(select(Agreement).where(Agreement.slug == "convenio-ajeno")).one()
        served, public = known.objectives[0].id, select(Resource.id).where(Resource.level == 0)
        plan = Plan(agreement_id=known.id, year=1965, words=f"{word} agua y riego")
        indicator = Indicator(number=1, name=word, target=1, objective_id=served)
        indicator.measures = [Measure(value=1, day=dt.date(1965, 1, 1), source=word)]
        plan.indicators = [indicator]
        parties = [one.organization_id for one in known.parties]
        plan.consents = [Consent(organization_id=parties[0])]
        action = _action(word, plan, parties, state="planned", code="1965-01")
        action.objectives = [ActionObjective(objective_id=served)]
        some = session.scalars(public).first()
        action.links = [ActionResource(resource_id=some, version=1)] if some else []
        plan.changes = [PlanChange(noun="plan", act="change", asked={"words": word}, reason=word)]
        return _kept(session, plan, action)


def _action(word: str, plan: Plan, parties: list[int], **more: Any) -> Action:
    action = Action(number=sum(map(ord, word)), title=f"Acción {word}", summary=f"{word} agua",
                    responsible_id=parties[0], counterpart_id=parties[1], post=word, **more)  # fmt: skip
    action.plan = plan
    action.outputs, action.terms = [Output(words=word)], [ActionTerm(code="T08")]
    return action


def the_inner_side_of_an_action(portal: Portal, word: str) -> list[Any]:
    """What only the parties read of a public action, a proposal (for a public initiative too), and a proposed
    change of the public plan."""
    with portal.writing() as session:
        action = session.scalars(select(Action).where(Action.code == "2015-01")).one()
        index(session, action)
        here, ours = {"action_id": action.id}, {"organization_id": action.responsible_id}
        parties = [action.responsible_id, action.counterpart_id]
        some = people.get(session, "autora@ajena.pe").id
        public = session.scalars(select(Resource).where(Resource.level == 0)).first()
        proposal = _action(word, action.plan, parties, code=f"2015-{sum(map(ord, word))}")
        proposal.consents = [Consent(**ours, person_id=some)]
        proposal.initiative_id = action.initiative_id
        change = PlanChange(plan_id=action.plan_id, noun="action", act="change", asked={"title": word},
                            reason=word, action_id=action.id, **ours)  # fmt: skip
        return _kept(
            session, ActionDetail(**here, words=f"{word}, agua y riego", budget=word), proposal, change,
            Priority(**here, **ours, words=word), Assignee(**here, **ours, person_id=some),
            Note(**here, **ours, words=f"{word} agua", percent=1),
            Step(**here, **ours, before="", after=word[:12]),
            Task(**here, **ours, agreement_id=action.plan.agreement_id, words=word),
            Evidence(**here, **ours, title=f"Evidencia {word}", resource_id=public.id if public else None),
        )  # fmt: skip


def a_draft_of_an_initiative(portal: Portal, word: str) -> list[Any]:
    """An initiative that is not out, to which an action of the public plan belongs that everybody reads."""
    with portal.writing() as session:
        known = session.scalars(select(Agreement).where(Agreement.slug == "convenio-ajeno")).one()
        draft = Initiative(agreement_id=known.id, slug=f"iniciativa-{word}", title=f"Iniciativa {word}",
                           words=f"{word}, agua", beneficiaries=word, cooperatives=word)  # fmt: skip
        draft.benefits = [
            InitiativeBenefit(organization_id=one.organization_id, words=f"{word}, agua y riego")
            for one in known.parties
        ]
        made = _kept(session, draft)
        session.execute(update(Action).where(Action.code == "2015-02").values(initiative_id=draft.id))
        return made


def a_draft_of_a_norm(portal: Portal, word: str) -> list[Any]:
    """A norm that is not out, with its topic, its text, and what it does to another."""
    with portal.writing() as session:
        draft, other = (
            Norm(slug=f"{start}-{word}", kind="law", number=f"Ley {number}", title=f"{start} {word}",
                 summary=f"{word}, agua y riego", aliases=word, dated="1965")
            for start, number in (("norma", 99001), ("otra", 99002))
        )  # fmt: skip
        draft.text = session.scalars(select(Resource).where(Resource.level == 0)).first()
        draft.terms = [NormTerm(code="T08")]
        draft.does = [NormRelation(other=other, deed="amends", since="1965")]
        return _kept(session, draft, other)


def a_draft_of_a_compendium(portal: Portal, word: str) -> list[Any]:
    """A compendium that is not out, with a material that everybody reads."""
    with portal.writing() as session:
        some = session.scalars(select(Resource).where(Resource.level == 0)).first()
        draft = Compendium(slug=f"compendio-{word}", title=f"Compendio {word}", words=f"{word}, agua")
        draft.items = [CompendiumItem(position=1, resource_id=some.id, reason=word)] if some else []
        return _kept(session, draft)


def a_meeting(portal: Portal, word: str) -> list[Any]:
    """A meeting of two other organisations with its acta, and a reminder of that."""
    with portal.writing() as session:
        some, somebody = id_of(session, "ajena"), people.get(session, "autora@ajena.pe")
        agreement = Agreement(slug=f"acuerdo-{word}", title=f"Acuerdo {word}", signed_on=dt.date(1965, 1, 1))
        agreement.parties = [
            AgreementParty(organization_id=id_of(session, slug), role=f"Parte {word} {slug}")
            for slug in ("ajena", "cuarta")
        ]
        (agreement,) = _kept(session, agreement)
        meeting = Meeting(agreement_id=agreement.id, state="held", title=f"Encuentro {word}", at=now(),
                          agenda=f"{word} agua", acta=f"{word}, agua y riego", written_at=now())  # fmt: skip
        meeting.attendance = [Attendance(person_id=somebody.id, name=word, present=True)]
        meeting.commitments = [
            Commitment(organization_id=some, words=f"{word} riego", due_on=dt.date(1965, 1, 1))
        ]
        meeting.consents = [Consent(organization_id=some, person_id=somebody.id)]
        (meeting,) = _kept(session, meeting)
        index(session, meeting)
        sent = Reminder(noun="acta", key=meeting.public_id, organization_id=some, person_id=somebody.id)
        return [agreement, meeting, *_kept(session, sent)]


def _kept(session: Session, *records: Any) -> list[Any]:
    session.add_all(records)
    session.flush()
    for one in records:
        session.refresh(one)
        session.expunge(one)
    return list(records)


Hide = Callable[[Portal, str], list[Any]]
_EVERYBODY = frozenset(VIEWERS)
_ADMINISTRATORS, _EDITORS = frozenset({"administrator"}), frozenset({"editor"})

HIDDEN: dict[Hide, frozenset[str]] = {
    **dict.fromkeys((own, draft, withdrawn, once_public, once_for_members, newer_version, other_contents,
                     applied, used),
                    _EVERYBODY),
    # an editor reads the register, all news, agreements, plans, meetings, initiatives, norms, compendia
    **dict.fromkeys((chosen, ended, a_draft_of_news, a_draft_of_an_agreement, a_draft_of_a_plan,
                     the_inner_side_of_an_action, a_meeting, a_draft_of_an_initiative, a_draft_of_a_norm,
                     a_draft_of_a_compendium),
                    _EVERYBODY - _EDITORS),
    **dict.fromkeys((dealings, in_the_back, a_person, an_organization, a_joint_space),
                    _EVERYBODY - _ADMINISTRATORS),
    an_emergency: _EVERYBODY - _ADMINISTRATORS - _EDITORS,
    a_post: frozenset({"visitor", "outsider"}),  # members see who holds the posts
}  # fmt: skip
"""Each sort of secret, and from whom of those who look it is hidden."""
