"""Say for which party somebody was assigned, from what a change of a plan begins, and why it was declined."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ASSIGNED_BY = """
UPDATE assignee SET organization_id = (
    SELECT membership.organization_id
    FROM action
    JOIN plan ON plan.id = action.plan_id
    JOIN agreement_party ON agreement_party.agreement_id = plan.agreement_id
    JOIN membership ON membership.organization_id = agreement_party.organization_id
    WHERE action.id = assignee.action_id AND membership.person_id = assignee.person_id
    ORDER BY membership.until IS NULL DESC, membership.id
    LIMIT 1
)
"""


def upgrade() -> None:
    with op.batch_alter_table("assignee", schema=None) as batch_op:
        batch_op.add_column(sa.Column("organization_id", sa.Integer(), nullable=True))
    op.execute(ASSIGNED_BY)
    op.execute("DELETE FROM assignee WHERE organization_id IS NULL")
    with op.batch_alter_table("assignee", schema=None) as batch_op:
        batch_op.alter_column("organization_id", existing_type=sa.Integer(), nullable=False)
        batch_op.create_index(batch_op.f("ix_assignee_organization_id"), ["organization_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_assignee_organization_id_organization"),
            "organization",
            ["organization_id"],
            ["id"],
        )
    with op.batch_alter_table("plan_change", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stood", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("answer", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("plan_change", schema=None) as batch_op:
        batch_op.alter_column("stood", existing_type=sa.JSON(), server_default=None)
        batch_op.alter_column("answer", existing_type=sa.Text(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("plan_change", schema=None) as batch_op:
        batch_op.drop_column("answer")
        batch_op.drop_column("stood")
    with op.batch_alter_table("assignee", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_assignee_organization_id_organization"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_assignee_organization_id"))
        batch_op.drop_column("organization_id")
