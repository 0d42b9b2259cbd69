"""Know when an article was out first: its address stays from then on, and may change until then."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.add_column(sa.Column("first_out_at", sa.DateTime(), nullable=True))
    op.execute(
        "UPDATE article SET first_out_at = published_at"
        " WHERE slug IS NOT NULL AND published_at <= CURRENT_TIMESTAMP"
    )


def downgrade() -> None:
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.drop_column("first_out_at")
