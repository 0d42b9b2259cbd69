"""Add units of organisations."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organization_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("predecessor_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.CheckConstraint(
            "predecessor_id <> id AND parent_id <> id", name=op.f("ck_organization_unit_itself")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_organization_unit_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["organization_unit.id"],
            name=op.f("fk_organization_unit_parent_id_organization_unit"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["predecessor_id"],
            ["organization_unit.id"],
            name=op.f("fk_organization_unit_predecessor_id_organization_unit"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_unit")),
        sa.UniqueConstraint("public_id", name=op.f("uq_organization_unit_public_id")),
    )
    with op.batch_alter_table("organization_unit", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organization_unit_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_organization_unit_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_organization_unit_predecessor_id"), ["predecessor_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("organization_unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organization_unit_predecessor_id"))
        batch_op.drop_index(batch_op.f("ix_organization_unit_parent_id"))
        batch_op.drop_index(batch_op.f("ix_organization_unit_organization_id"))

    op.drop_table("organization_unit")
