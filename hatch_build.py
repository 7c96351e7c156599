"""Puts the compiled knowledge into the wheel, so that a command need not read and check it all."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledKnowledge(BuildHookInterface):
    """Compiles `rules/` and `cases/`; the build fails with their diagnostics if they are wrong."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the copy to a wheel; an editable install reads the files themselves."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "engine"))
        from seriatim.compiled import NAME, compile_knowledge, dump  # noqa: PLC0415
        from seriatim.knowledge.load import load_knowledge  # noqa: PLC0415

        self._folder = tempfile.TemporaryDirectory()
        made = Path(self._folder.name) / NAME
        made.write_bytes(dump(compile_knowledge(load_knowledge(root))))
        build_data["force_include"][str(made)] = f"seriatim/_data/{NAME}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Leave nothing behind."""
        del version, build_data, artifact_path
        if hasattr(self, "_folder"):
            self._folder.cleanup()
