"""The audit: who did what, to what, when. Entries are only ever added."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from toolkit.access import Viewer
from toolkit.records import AuditEntry


def record(
    session: Session, viewer: Viewer, act: str, noun: str, noun_id: str,
    *, organization_id: int | None = None, **values: Any,
) -> None:  # fmt: skip
    """Write that `viewer` did `act` to the thing `noun_id`; `values` must be plain JSON data."""
    session.add(
        AuditEntry(
            person_id=viewer.person_id, organization_id=organization_id, act=act, noun=noun,
            noun_id=noun_id, values=values,
        )
    )  # fmt: skip
