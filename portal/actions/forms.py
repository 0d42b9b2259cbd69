"""The forms of an action."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, HiddenField, SelectField, StringField, TextAreaField

from portal.languages import gettext as _
from portal.sheets import DayField, Sheet, Ticks
from portal.templating import label
from toolkit import vocabulary
from toolkit.actions import Facts
from toolkit.errors import N_, Invalid
from toolkit.records import Action, Initiative, Plan


class ActionForm(Sheet):
    """What an action says. `form_for` adds a field for the priority of each party."""

    needed = {"title": N_("Escriba un título."), "responsible": N_("Elija la organización responsable."),
              "reason": N_("Escriba por qué cambia el plan.")}  # fmt: skip
    title = StringField(_l("Título"))
    summary = TextAreaField(_l("Resumen"))
    objectives = Ticks(_l("Objetivos a los que sirve"), validate_choice=False)
    responsible = SelectField(_l("Organización responsable"), validate_choice=False)
    counterpart = SelectField(_l("Contraparte, que verifica"), validate_choice=False)
    post = StringField(_l("Cargo responsable"))
    starts_on = DayField(_l("Empieza"))
    due_on = DayField(_l("Termina"))
    outputs = TextAreaField(_l("Productos"))
    topics = Ticks(_l("Temas"), validate_choice=False)
    words = TextAreaField(_l("Cómo se hará"))
    budget = StringField(_l("Línea de presupuesto"))
    revision = HiddenField()
    reason = TextAreaField(_l("Por qué cambia"))
    parties: dict[str, str]
    """By the slug of a party, the name of the field for its priority."""

    def offer(self, plan: Plan) -> None:
        """Offer the objectives and parties of the agreement, and all topics."""
        known = [one.organization for one in plan.agreement.parties if one.organization is not None]
        choices = [("", ""), *((one.slug, one.name) for one in known)]
        self.responsible.choices = self.counterpart.choices = choices
        self.objectives.choices = [
            (str(one.number), f"{one.code}. {one.words}") for one in plan.agreement.objectives
        ]
        self.topics.choices = [(code, label("topics", code)) for code in vocabulary.load("topics")]

    def facts(self) -> Facts:
        """What the form says; Invalid for what cannot be read."""
        return Facts(
            self.said("title"), self.said("summary"), self.said("responsible"), self.said("counterpart"),
            self.said("post"), self.day_of("starts_on"), self.day_of("due_on"),
            self.numbers_of("objectives"), self.topics.data or [],
            self.said("outputs").splitlines(), self.said("words"), self.said("budget"),
            {slug: self.said(name) for slug, name in self.parties.items()},
        )  # fmt: skip

    def priorities(self) -> list[Any]:
        """The fields for the priorities of the parties."""
        return [self[name] for name in self.parties.values()]


def form_for(plan: Plan, facts: Facts | None = None, revision: int = 0) -> ActionForm:
    """The form of an action of this plan: as it was sent, or else as `facts` stand."""
    known = [one.organization for one in plan.agreement.parties if one.organization is not None]
    fields: dict[str, Any] = {
        f"priority_{number}": StringField(_("Prioridad de %(party)s", party=one.acronym or one.name))
        for number, one in enumerate(known)
    }
    names = {one.slug: f"priority_{number}" for number, one in enumerate(known)}
    kind = type("ActionForm", (ActionForm,), {**fields, "parties": names})
    if facts is None:
        form = kind()
    else:
        said = {**vars(facts), "outputs": "\n".join(facts.outputs), "revision": str(revision)}
        said["objectives"] = [str(one) for one in facts.objectives]
        said |= {names[slug]: words for slug, words in facts.priorities.items() if slug in names}
        for name in ("starts_on", "due_on"):
            said[name] = said[name].isoformat() if said[name] else ""
        form = kind(formdata=None, data=said)
    form.offer(plan)
    return form


class NoteForm(Sheet):
    """How far an action has come, with a file that proves it if there is one."""

    needed = {"words": N_("Escriba en pocas palabras qué se avanzó."),
              "percent": N_("Escriba el avance como un número de 0 a 100.")}  # fmt: skip
    words = TextAreaField(_l("Qué se avanzó"))
    percent = StringField(_l("Avance en porcentaje"))
    next_on = DayField(_l("Próxima fecha"))
    file = FileField(_l("Evidencia"))
    title = StringField(_l("Qué prueba"))
    public = BooleanField(_l("Mostrar esta evidencia a todo el público"))

    def share(self) -> int | None:
        """How far, of 100; None for none. Invalid for what is no such number; «65 %» is one."""
        said = self.said("percent").removesuffix("%").strip()
        if said and not (said.isascii() and said.isdecimal() and len(said) < 4):
            raise Invalid(N_("Escriba el avance como un número de 0 a 100."), field="percent")
        return int(said) if said else None


class EvidenceForm(Sheet):
    """A file or a material that proves something."""

    title = StringField(_l("Qué prueba"))
    file = FileField(_l("Archivo"))
    resource = StringField(_l("O un material de la biblioteca"))
    public = BooleanField(_l("Mostrar esta evidencia a todo el público"))


class TaskForm(Sheet):
    """Something that a party has to do."""

    words = StringField(_l("Tarea"))
    party = SelectField(_l("De quién"), validate_choice=False)
    due_on = DayField(_l("Hasta"))


class LinkForm(Sheet):
    """To which initiative an action belongs."""

    initiative = SelectField(_l("A qué iniciativa pertenece"), validate_choice=False)

    def offer(self, known: Sequence[Initiative]) -> LinkForm:
        """Offer these initiatives, and none."""
        self.initiative.choices = [("", _("Ninguna")), *((one.slug, one.title) for one in known)]
        return self

    @classmethod
    def of(cls, action: Action, known: Sequence[Initiative]) -> LinkForm:
        """The form as it stands, whatever was sent."""
        slug = action.initiative.slug if action.initiative else ""
        return cls(formdata=None, data={"initiative": slug}).offer(known)
