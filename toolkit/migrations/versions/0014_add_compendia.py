"""Add compendia."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "compendium",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'published')", name=op.f("ck_compendium_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compendium")),
        sa.UniqueConstraint("public_id", name=op.f("uq_compendium_public_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_compendium_slug")),
    )
    op.create_table(
        "compendium_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("compendium_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["compendium_id"],
            ["compendium.id"],
            name=op.f("fk_compendium_item_compendium_id_compendium"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resource.id"],
            name=op.f("fk_compendium_item_resource_id_resource"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compendium_item")),
        sa.UniqueConstraint(
            "compendium_id", "resource_id", name=op.f("uq_compendium_item_compendium_id_resource_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_compendium_item_public_id")),
    )
    with op.batch_alter_table("compendium_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_compendium_item_resource_id"), ["resource_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("compendium_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_compendium_item_resource_id"))

    op.drop_table("compendium_item")
    op.drop_table("compendium")
