"""Count uses, and searches that found nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "missed_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("words", sa.String(length=60), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missed_search")),
        sa.UniqueConstraint("month", "words", name=op.f("uq_missed_search_month_words")),
    )
    with op.batch_alter_table("missed_search", schema=None) as batch_op:
        batch_op.create_index("ix_missed_search_n", ["n"], unique=False)

    op.create_table(
        "use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=8), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("act IN ('view', 'page', 'download')", name=op.f("ck_use_act")),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_use_resource_id_resource"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use")),
        sa.UniqueConstraint("day", "resource_id", "act", name=op.f("uq_use_day_resource_id_act")),
    )
    with op.batch_alter_table("use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_use_resource_id"), ["resource_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("use", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_use_resource_id"))

    op.drop_table("use")
    with op.batch_alter_table("missed_search", schema=None) as batch_op:
        batch_op.drop_index("ix_missed_search_n")

    op.drop_table("missed_search")
