"""What may go wrong, as exceptions, and the mark for sentences that a person will read.

`toolkit` never renders words: a message is a Spanish sentence marked with `N_` for the catalogues,
with named values beside it. `portal` translates it when it shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


def N_(sentence: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark a Spanish sentence for the catalogues and give it back unchanged."""
    return sentence


@dataclass(frozen=True)
class Message:
    """A sentence marked with `N_` and the values of its `%(name)s` places."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def as_json(self) -> dict:
        """The message as plain data, to be kept in a row; `Message.of` reads it back."""
        return {"text": self.text, "values": dict(self.values)}

    @classmethod
    def of(cls, data: Mapping | None) -> Message | None:
        """Read what `as_json` wrote; None stays None."""
        return None if data is None else cls(data["text"], data.get("values", {}))


class Fault(Exception):
    """Something that a person can be told about: carries a `Message`."""

    default = N_("No se pudo hacer lo que pidió.")

    def __init__(self, text: str | None = None, **values: object) -> None:
        self.message = Message(text or self.default, values)
        super().__init__(self.message.text % values if values else self.message.text)


class NotFound(Fault):
    """What is asked for does not exist for this viewer."""

    default = N_("No encontramos lo que busca.")


class Gone(Fault):
    """What is asked for was withdrawn, and this viewer could see it until then."""

    default = N_("Este material fue retirado.")


class Forbidden(Fault):
    """The viewer may know of it but not do this."""

    default = N_("No tiene permiso para hacer esto.")


class Invalid(Fault):
    """What a person gave cannot be taken: `field` names the place, None the whole form."""

    default = N_("Revise lo que escribió.")

    def __init__(self, text: str | None = None, *, field: str | None = None, **values: object) -> None:
        super().__init__(text, **values)
        self.field = field


class Conflict(Fault):
    """Somebody else changed it meanwhile."""

    default = N_("Otra persona cambió esto mientras usted escribía.")


class Overtaken(Conflict):
    """Somebody else saved something else meanwhile: `theirs` is what is kept now, as `revision`; `fields`
    names what differs in it."""

    default = N_(
        "Otra persona guardó cambios mientras usted escribía. Su texto está aquí, sin perder nada: "
        "compare las dos versiones y guarde de nuevo lo que deba quedar."
    )

    def __init__(self, theirs: Any, revision: int, fields: Sequence[str]) -> None:
        super().__init__()
        self.theirs, self.revision, self.fields = theirs, revision, fields
