"""Add news."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(length=80), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("photo", sa.String(length=64), nullable=True),
        sa.Column("photo_format", sa.String(length=8), nullable=False),
        sa.Column("alternative", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("credit", sa.String(length=200), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'proposed', 'published', 'withdrawn')", name=op.f("ck_article_state")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_article_created_by_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("public_id", name=op.f("uq_article_public_id")),
        sa.UniqueConstraint("year", "slug", name=op.f("uq_article_year_slug")),
    )
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_article_created_by"), ["created_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_article_published_at"), ["published_at"], unique=False)

    op.create_table(
        "article_organization",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_article_organization_article_id_article"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_article_organization_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_organization")),
        sa.UniqueConstraint(
            "article_id", "organization_id", name=op.f("uq_article_organization_article_id_organization_id")
        ),
    )
    with op.batch_alter_table("article_organization", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_article_organization_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "article_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_article_term_article_id_article"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_term")),
        sa.UniqueConstraint("article_id", "code", name=op.f("uq_article_term_article_id_code")),
    )
    with op.batch_alter_table("article_term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_article_term_code"), ["code"], unique=False)

    op.create_table(
        "article_resource",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_article_resource_article_id_article"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resource.id"],
            name=op.f("fk_article_resource_resource_id_resource"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_resource")),
        sa.UniqueConstraint(
            "article_id", "resource_id", name=op.f("uq_article_resource_article_id_resource_id")
        ),
    )
    with op.batch_alter_table("article_resource", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_article_resource_resource_id"), ["resource_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("article_resource", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_resource_resource_id"))

    op.drop_table("article_resource")
    with op.batch_alter_table("article_term", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_term_code"))

    op.drop_table("article_term")
    with op.batch_alter_table("article_organization", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_organization_organization_id"))

    op.drop_table("article_organization")
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_published_at"))
        batch_op.drop_index(batch_op.f("ix_article_created_by"))

    op.drop_table("article")
