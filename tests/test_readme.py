"""The README is true: everything in it that can be copied into a shell works, in the order in which it stands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_what_the_readme_says_can_be_copied(tmp_path: Path) -> None:
    blocks = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert blocks[0].startswith("make demo"), "the first block is the set-up, which this very run has used"
    shutil.copytree(ROOT / "docs" / "example", tmp_path / "docs" / "example")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ASTA_", "XDG_"))}
    environment = kept | {"HOME": str(tmp_path), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    script = "set -eu -o pipefail\n" + "\n".join(blocks[1:])
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "error[" not in done.stderr, done.stderr
    for said in ("177000002", "0004712", "yes\n", "the log is whole"):
        assert said in done.stdout, said
