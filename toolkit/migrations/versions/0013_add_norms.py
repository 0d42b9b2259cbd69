"""Add norms."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "norm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("dated", sa.String(length=10), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('in_force', 'amended', 'replaced', 'repealed')", name=op.f("ck_norm_state")
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["resource.id"], name=op.f("fk_norm_text_id_resource"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_norm")),
        sa.UniqueConstraint("public_id", name=op.f("uq_norm_public_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_norm_slug")),
    )
    with op.batch_alter_table("norm", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_norm_text_id"), ["text_id"], unique=False)

    op.create_table(
        "norm_relation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("norm_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=12), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.CheckConstraint(
            "deed IN ('amends', 'repeals', 'regulates', 'consolidates', 'replaces')",
            name=op.f("ck_norm_relation_deed"),
        ),
        sa.CheckConstraint("norm_id <> other_id", name=op.f("ck_norm_relation_itself")),
        sa.ForeignKeyConstraint(
            ["norm_id"], ["norm.id"], name=op.f("fk_norm_relation_norm_id_norm"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["norm.id"], name=op.f("fk_norm_relation_other_id_norm"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_norm_relation")),
        sa.UniqueConstraint(
            "norm_id", "other_id", "deed", name=op.f("uq_norm_relation_norm_id_other_id_deed")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_norm_relation_public_id")),
    )
    with op.batch_alter_table("norm_relation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_norm_relation_other_id"), ["other_id"], unique=False)

    op.create_table(
        "norm_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("norm_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["norm_id"], ["norm.id"], name=op.f("fk_norm_term_norm_id_norm"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_norm_term")),
        sa.UniqueConstraint("norm_id", "code", name=op.f("uq_norm_term_norm_id_code")),
    )
    with op.batch_alter_table("norm_term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_norm_term_code"), ["code"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("norm_term", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_norm_term_code"))

    op.drop_table("norm_term")
    with op.batch_alter_table("norm_relation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_norm_relation_other_id"))

    op.drop_table("norm_relation")
    with op.batch_alter_table("norm", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_norm_text_id"))

    op.drop_table("norm")
