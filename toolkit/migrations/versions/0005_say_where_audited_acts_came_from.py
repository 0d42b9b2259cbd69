"""Say where audited acts came from."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("place", sa.String(length=45), server_default="", nullable=False))
        batch_op.add_column(sa.Column("result", sa.String(length=8), server_default="done", nullable=False))
        batch_op.create_index("ix_audit_entry_organization_id", ["organization_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_organization_id")
        batch_op.drop_column("result")
        batch_op.drop_column("place")
