"""Write 0001_initial anew from the tables. Only until the first release: after it, a change is a migration of its own.

    python scripts/make_first_migration.py [FILE]

Alembic's renderer does the writing, per dialect options included; the result is read and committed like any other code.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from asta_cli.store import schema, tables  # noqa: E402

COMMITTED = ROOT / "asta_cli/store/migrations/versions/0001_initial.py"
HEADER = '''"""The first schema.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite makes a column the row's own address only when its type is spelt INTEGER.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Everything, made."""
'''
DOWN = '''def downgrade() -> None:
    """Everything, gone."""
'''


def render_item(kind: str, item: object, _context: object) -> str | bool:
    return "Id" if kind == "type" and item is tables.Id else False


def main() -> None:
    with create_engine("sqlite://").connect() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": schema.metadata})
        script = produce_migrations(context, schema.metadata)
    options = {"render_item": render_item, "sqlalchemy_module_prefix": "sa.", "alembic_module_prefix": "op."}
    up = render_python_code(script.upgrade_ops, **options)
    down = render_python_code(script.downgrade_ops, **options)
    body = f"    {up}\n\n\n{DOWN}    {down}"
    kept = "\n".join(line for line in body.splitlines() if "# ###" not in line)
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else COMMITTED
    target.write_text(f"{HEADER}{kept}\n")
    command = [sys.executable, "-m", "ruff", "format", "--quiet", f"--config={ROOT}/pyproject.toml", str(target)]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
