"""Add initiatives."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "initiative",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("beneficiaries", sa.Text(), nullable=False),
        sa.Column("cooperatives", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'published')", name=op.f("ck_initiative_state")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_initiative_agreement_id_agreement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative")),
        sa.UniqueConstraint("public_id", name=op.f("uq_initiative_public_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_initiative_slug")),
    )
    with op.batch_alter_table("initiative", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_initiative_agreement_id"), ["agreement_id"], unique=False)

    op.create_table(
        "initiative_benefit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"],
            ["initiative.id"],
            name=op.f("fk_initiative_benefit_initiative_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_initiative_benefit_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative_benefit")),
        sa.UniqueConstraint(
            "initiative_id",
            "organization_id",
            name=op.f("uq_initiative_benefit_initiative_id_organization_id"),
        ),
    )
    with op.batch_alter_table("initiative_benefit", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_initiative_benefit_organization_id"), ["organization_id"], unique=False
        )

    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.add_column(sa.Column("initiative_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_action_initiative_id"), ["initiative_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_action_initiative_id_initiative"),
            "initiative",
            ["initiative_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_action_initiative_id_initiative"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_action_initiative_id"))
        batch_op.drop_column("initiative_id")

    with op.batch_alter_table("initiative_benefit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_initiative_benefit_organization_id"))

    op.drop_table("initiative_benefit")
    with op.batch_alter_table("initiative", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_initiative_agreement_id"))

    op.drop_table("initiative")
