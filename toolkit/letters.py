"""Letters to the coordinations of organisations: whoever acts today gets them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from toolkit import outbox, terms
from toolkit.access import Viewer


def to_coordinations(
    session: Session, organization_ids: Iterable[int], template: str, values: dict[str, Any],
    *, but: Viewer | None = None,
) -> None:  # fmt: skip
    """Write to whoever coordinates these organisations today, each person once, but not to the viewer `but`,
    who did what the letter tells of. The template gets the values and the `name` of the reader."""
    people = {terms.acting(session, number) for number in organization_ids}
    for person in sorted((one for one in people if one is not None), key=lambda one: one.id):
        if but is None or person.id != but.person_id:
            outbox.send(session, person.email, template, {**values, "name": person.name}, person.language)
