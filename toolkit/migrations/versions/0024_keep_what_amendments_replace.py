"""Keep which text an amendment replaced, for whom it was proposed and why it was declined; number the states
of the parts of an agreement."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

PARTS = ("agreement_party", "amendment", "annex", "milestone", "objective", "procedure", "signatory")
# What was published before is taken to have replaced what the one before it made, else the version before.
REPLACED = """
UPDATE amendment SET replaces = COALESCE(
    (SELECT MAX(earlier.version) FROM amendment AS earlier
     WHERE earlier.agreement_id = amendment.agreement_id AND earlier.state = 'published'
     AND earlier.version < amendment.version),
    CASE WHEN version > 1 THEN version - 1 END)
WHERE state = 'published' AND version IS NOT NULL
"""


def upgrade() -> None:
    for table in PARTS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("revision", existing_type=sa.Integer(), server_default=None)
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("replaces", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("answer", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("organization_id", sa.Integer(), nullable=True))
        batch_op.create_index("ix_amendment_organization_id", ["organization_id"])
        batch_op.create_foreign_key(
            "fk_amendment_organization_id_organization", "organization", ["organization_id"], ["id"]
        )
    op.execute(REPLACED)


def downgrade() -> None:
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.drop_constraint("fk_amendment_organization_id_organization", type_="foreignkey")
        batch_op.drop_index("ix_amendment_organization_id")
        for name in ("organization_id", "answer", "replaces"):
            batch_op.drop_column(name)
    for table in PARTS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("revision")
