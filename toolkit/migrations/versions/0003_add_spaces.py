"""Add spaces."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "emergency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=True),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["person.id"], name=op.f("fk_emergency_opened_by_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_emergency_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_emergency_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency")),
        sa.UniqueConstraint("public_id", name=op.f("uq_emergency_public_id")),
    )
    with op.batch_alter_table("emergency", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_emergency_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_emergency_person_id"), ["person_id"], unique=False)

    op.create_table(
        "folder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_folder_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folder")),
        sa.UniqueConstraint("organization_id", "name", name=op.f("uq_folder_organization_id_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_folder_public_id")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("key_digest", sa.String(length=64), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(), nullable=True),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(), nullable=True),
        sa.Column("asked_again_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("role IN ('member', 'promoter')", name=op.f("ck_invitation_role")),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["person.id"], name=op.f("fk_invitation_accepted_by_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["person.id"], name=op.f("fk_invitation_invited_by_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_invitation_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("key_digest", name=op.f("uq_invitation_key_digest")),
        sa.UniqueConstraint("public_id", name=op.f("uq_invitation_public_id")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_email_key"), ["email_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("joint_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["person.id"], name=op.f("fk_party_closed_by_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["joint_id"], ["organization.id"], name=op.f("fk_party_joint_id_organization"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["person.id"], name=op.f("fk_party_opened_by_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_party_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("joint_id", "organization_id", name=op.f("uq_party_joint_id_organization_id")),
    )
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_party_joint_id"), ["joint_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_party_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "coauthor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_coauthor_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resource.id"],
            name=op.f("fk_coauthor_resource_id_resource"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coauthor")),
        sa.UniqueConstraint("resource_id", "person_id", name=op.f("uq_coauthor_resource_id_person_id")),
    )
    with op.batch_alter_table("coauthor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coauthor_person_id"), ["person_id"], unique=False)

    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=True),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('publish', 'share', 'access', 'join', 'succession')", name=op.f("ck_request_kind")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'granted', 'refused', 'taken_back')", name=op.f("ck_request_state")
        ),
        sa.ForeignKeyConstraint(
            ["asker_id"],
            ["organization.id"],
            name=op.f("fk_request_asker_id_organization"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_request_decided_by_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_request_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_request_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_request_resource_id_resource"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_request_public_id")),
    )
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_resource_id"), ["resource_id"], unique=False)

    op.add_column(
        "membership", sa.Column("trusted", sa.Boolean(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("membership", sa.Column("visited_at", sa.DateTime(), nullable=True))
    op.add_column("membership", sa.Column("visited_before", sa.DateTime(), nullable=True))
    op.add_column(
        "organization", sa.Column("approves_own", sa.Boolean(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column(
        "organization", sa.Column("takes_requests", sa.Boolean(), server_default=sa.text("1"), nullable=False)
    )
    op.add_column("post", sa.Column("absent_from", sa.Date(), nullable=True))
    op.add_column("post", sa.Column("absent_until", sa.Date(), nullable=True))
    op.add_column("post", sa.Column("warned_at", sa.DateTime(), nullable=True))
    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=12), server_default="organization", nullable=False)
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_organization_kind"), "kind IN ('organization', 'joint')"
        )
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.add_column(sa.Column("folder_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_resource_folder_id"), ["folder_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_resource_folder_id_folder"), "folder", ["folder_id"], ["id"], ondelete="SET NULL"
        )
    _widen_share()


def _widen_share() -> None:
    """New columns of the register; what stands in it is completed before they become obligatory."""
    for column in (
        sa.Column("public_id", sa.String(length=24)),
        sa.Column("giver_id", sa.Integer()),
        sa.Column("title", sa.String(length=300)),
        sa.Column("number", sa.Integer()),
        sa.Column("shared_by", sa.Integer()),
        sa.Column("acknowledged_at", sa.DateTime()),
        sa.Column("acknowledged_by", sa.Integer()),
    ):
        op.add_column("share", column)
    op.execute(
        "UPDATE share SET public_id = lower(hex(randomblob(10))), "
        "number = (SELECT number FROM version WHERE version.id = share.version_id), "
        "(giver_id, title) = (SELECT resource.organization_id, resource.title FROM resource "
        "JOIN version ON version.resource_id = resource.id WHERE version.id = share.version_id)"
    )
    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.alter_column("public_id", existing_type=sa.String(length=24), nullable=False)
        batch_op.alter_column("giver_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("title", existing_type=sa.String(length=300), nullable=False)
        batch_op.alter_column("number", existing_type=sa.Integer(), nullable=False)
        batch_op.create_index(batch_op.f("ix_share_giver_id"), ["giver_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_share_public_id"), ["public_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_share_acknowledged_by_person"),
            "person",
            ["acknowledged_by"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_share_shared_by_person"), "person", ["shared_by"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_share_giver_id_organization"),
            "organization",
            ["giver_id"],
            ["id"],
            ondelete="CASCADE",
        )


def downgrade() -> None:
    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_share_giver_id_organization"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_share_shared_by_person"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_share_acknowledged_by_person"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_share_public_id"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_share_giver_id"))
        for column in ("acknowledged_by", "acknowledged_at", "shared_by", "number", "title", "giver_id",
                       "public_id"):  # fmt: skip
            batch_op.drop_column(column)
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_resource_folder_id_folder"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_resource_folder_id"))
        batch_op.drop_column("folder_id")
    for table, columns in (
        ("post", ("warned_at", "absent_until", "absent_from")),
        ("membership", ("visited_before", "visited_at", "trusted")),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.drop_column(column)
    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_organization_kind"), type_="check")
        for column in ("takes_requests", "approves_own", "kind"):
            batch_op.drop_column(column)
    for table in ("request", "coauthor", "party", "invitation", "folder", "emergency"):
        op.drop_table(table)
