"""Puts the pages of the documentation into the wheel; everything else stands in pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

#: the files of the example projects, which are printed with their pages
PROJECT_FILES = (".json", ".py", ".tf", ".toml")


class BuildWithPages(build_py):
    """Build the package, and copy the pages that ``python -m membership_mock docs`` prints."""

    def run(self) -> None:
        """Build, and copy the pages unless the installation is an editable one."""
        super().run()
        if self.editable_mode:  # the pages are read where they stand
            return
        target = Path(self.build_lib, "membership_mock", "manual", "pages")
        shutil.rmtree(target, ignore_errors=True)  # a page that was renamed must not stay
        shutil.copytree(
            "docs",
            target,
            ignore=lambda folder, names: [
                name
                for name in names
                if name.startswith((".", "_"))
                or not (
                    name.endswith((".md", "llms.txt"))
                    or Path(folder, name).is_dir()
                    or (Path(folder).parent.name == "examples" and name.endswith(PROJECT_FILES))
                )
            ],
        )
        shutil.copy("CHANGELOG.md", target / "changelog.md")


setup(cmdclass={"build_py": BuildWithPages})
