"""The units inside an organisation: a «dirección» within a «dirección general»."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from toolkit.records.base import Base, public_id
from toolkit.records.people import Organization


class OrganizationUnit(Base):
    """A unit under the name that it had from `since` to `until`, both as far as they are known (like
    `Norm.dated`) and empty where they are not. A unit that changes its name is a new row, which names the
    earlier one as its `predecessor`."""

    __tablename__ = "organization_unit"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True, default=public_id)
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("organization_unit.id", ondelete="SET NULL"), default=None, index=True
    )
    predecessor_id: Mapped[int | None] = mapped_column(
        ForeignKey("organization_unit.id", ondelete="SET NULL"), default=None, index=True
    )
    name: Mapped[str] = mapped_column(String(200))
    since: Mapped[str] = mapped_column(String(10), default="")
    until: Mapped[str] = mapped_column(String(10), default="")
    organization: Mapped[Organization | None] = relationship()
    parent: Mapped[OrganizationUnit | None] = relationship(
        foreign_keys=[parent_id], remote_side="OrganizationUnit.id"
    )
    predecessor: Mapped[OrganizationUnit | None] = relationship(
        foreign_keys=[predecessor_id], remote_side="OrganizationUnit.id"
    )

    __table_args__ = (CheckConstraint("predecessor_id <> id AND parent_id <> id", name="itself"),)
