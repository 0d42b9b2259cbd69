"""Let nobody change the audit, say who alone lifts a withdrawal, and know a form that comes twice.

The triggers let an entry lose what says who somebody is (erasure, and people or organisations that are
deleted): a reference becomes NULL, the place empty, `values` gets smaller. Whoever rebuilds the table in a
later migration makes them again: `protect`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_FIXED = ("id", "at", "act", "noun", "noun_id", "result")
_LOST = {"person_id": "NULL", "organization_id": "NULL", "place": "''"}
_OTHERS = """EXISTS (
    SELECT 1 FROM json_each(NEW."values") AS new
    LEFT JOIN json_each(OLD."values") AS old ON old.key = new.key AND old.type = new.type
        AND old.value IS new.value
    WHERE old.key IS NULL)"""


def upgrade() -> None:
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn_as", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("form", sa.String(length=64), nullable=True))
        batch_op.create_index("uq_resource_form", ["form"], unique=True)
    protect()


def downgrade() -> None:
    for name in ("audit_entry_fixed", "audit_entry_kept", "audit_entry_added"):
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.drop_index("uq_resource_form")
        batch_op.drop_column("form")
        batch_op.drop_column("withdrawn_as")


def protect() -> None:
    """Make the triggers on the table as it stands."""
    wrong = [f'NEW."{name}" IS NOT OLD."{name}"' for name in _FIXED]
    wrong += [f"(NEW.{name} IS NOT OLD.{name} AND NEW.{name} IS NOT {empty})"
              for name, empty in _LOST.items()]  # fmt: skip
    _refuse("audit_entry_fixed", "UPDATE", " OR ".join([*wrong, _OTHERS]))
    _refuse("audit_entry_kept", "DELETE", "1")
    _refuse("audit_entry_added", "INSERT", "EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id)")


def _refuse(name: str, deed: str, where: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {deed} ON audit_entry BEGIN "
        f"SELECT RAISE(ABORT, 'the audit is only ever added to') WHERE {where}; END"
    )
