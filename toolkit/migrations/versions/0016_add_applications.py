"""Add «la aplicamos»."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("result", sa.String(length=8), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("region", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("precision", sa.String(length=8), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("how IN ('used', 'adapted')", name=op.f("ck_application_how")),
        sa.CheckConstraint("precision IN ('day', 'month')", name=op.f("ck_application_precision")),
        sa.CheckConstraint("result IN ('worked', 'partly', 'failed')", name=op.f("ck_application_result")),
        sa.CheckConstraint("state IN ('recorded', 'withdrawn')", name=op.f("ck_application_state")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_application_created_by_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_application_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resource.id"],
            name=op.f("fk_application_resource_id_resource"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("public_id", name=op.f("uq_application_public_id")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_created_by"), ["created_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_resource_id"), ["resource_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_resource_id"))
        batch_op.drop_index(batch_op.f("ix_application_organization_id"))
        batch_op.drop_index(batch_op.f("ix_application_day"))
        batch_op.drop_index(batch_op.f("ix_application_created_by"))

    op.drop_table("application")
