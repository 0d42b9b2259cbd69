"""Tell of actions in the news."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "article_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_article_action_action_id_action"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_article_action_article_id_article"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_action")),
        sa.UniqueConstraint("article_id", "action_id", name=op.f("uq_article_action_article_id_action_id")),
    )
    with op.batch_alter_table("article_action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_article_action_action_id"), ["action_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("article_action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_action_action_id"))

    op.drop_table("article_action")
