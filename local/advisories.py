"""Prints what osv.dev knows against the packages here: python local/advisories.py BUILT [SERVICE]

They are what the two artifacts contain, by the lists that their build left under BUILT (target/spawn-sbom.json and
cli/target/THIRD-PARTY.txt), and what this project pins for Python, npm and Go. It reports, and fails nothing: neither
known trouble nor a service that is out of reach is a reason to keep a change back.
"""

import http.client
import json
import pathlib
import re
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any, NamedTuple

ROOT = pathlib.Path(__file__).resolve().parent.parent

SERVICE = "https://api.osv.dev/v1/querybatch"
"""https://google.github.io/osv.dev/post-v1-querybatch/"""

AT_ONCE = 1000
"""As many packages as one request may ask about."""

PATIENCE = 20
"""Seconds to wait for an answer."""


class Package(NamedTuple):
    """A version of a package, as osv.dev names it (https://ossf.github.io/osv-schema/#affectedpackage-field)."""

    ecosystem: str
    name: str
    version: str


def of_sbom(text: str) -> Iterator[Package]:
    """Returns the libraries of a CycloneDX list."""
    for component in json.loads(text)["components"]:
        yield Package("Maven", f"{component['group']}:{component['name']}", component["version"])


def of_third_parties(text: str) -> Iterator[Package]:
    """Returns the libraries of a list of licences: (Apache-2.0) picocli (info.picocli:picocli:4.7.7 - https://picocli.info)"""
    for group, name, version in re.findall(r"\(([\w.-]+):([\w.-]+):([\w.-]+) - [^()]*\)$", text, re.MULTILINE):
        yield Package("Maven", f"{group}:{name}", version)


def of_requirements(text: str) -> Iterator[Package]:
    """Returns what pip installs."""
    for name, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE):
        yield Package("PyPI", name, version)


def of_lock(text: str) -> Iterator[Package]:
    """Returns what npm installs."""
    for path, package in json.loads(text)["packages"].items():
        if "node_modules/" in path and "version" in package:
            yield Package("npm", package.get("name", path.rpartition("node_modules/")[2]), package["version"])


def of_modules(text: str) -> Iterator[Package]:
    """Returns the modules of a go.mod."""
    for name, version in re.findall(r"^\s+(\S+) v(\S+)", text, re.MULTILINE):
        yield Package("Go", name, version)


def packages(built: pathlib.Path) -> list[Package]:
    """Returns each package once, in order. Each list has to be there, and to name some."""
    lists = {
        built / "target" / "spawn-sbom.json": of_sbom,
        built / "cli" / "target" / "THIRD-PARTY.txt": of_third_parties,
    }
    for folder in (ROOT / "local", ROOT / "local" / "judge"):
        lists |= dict.fromkeys(folder.glob("requirements*.txt"), of_requirements)
    for folder in (ROOT / "cdk", ROOT / "local" / "judge", ROOT / "local" / "page"):
        lists[folder / "package-lock.json"] = of_lock
    lists[ROOT / ".ci" / "actionlint" / "go.mod"] = of_modules
    found: set[Package] = set()
    for file, reader in lists.items():
        of_it = set(reader(file.read_text()))
        if not of_it:
            raise ValueError(f"{file} names no package")
        found |= of_it
    return sorted(found)


def known(asked: list[Package], service: str) -> dict[Package, list[str]]:
    """Returns the identifiers of the advisories of each package that has some.

    Raises OSError, HTTPException or ValueError if the service did not say.
    """
    trouble = {}
    for begin in range(0, len(asked), AT_ONCE):
        batch = asked[begin : begin + AT_ONCE]
        queries = [{"package": {"ecosystem": p.ecosystem, "name": p.name}, "version": p.version} for p in batch]
        request = urllib.request.Request(
            service, json.dumps({"queries": queries}).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            results: list[dict[str, Any]] = json.load(answer)["results"]
        if len(results) != len(batch):
            raise ValueError(f"{len(results)} answers to {len(batch)} questions")
        for package, result in zip(batch, results, strict=True):
            if result.get("vulns"):
                trouble[package] = [vulnerability["id"] for vulnerability in result["vulns"]]
    return trouble


def report(asked: list[Package], service: str) -> list[str]:
    """Returns the lines to print."""
    try:
        trouble = known(asked, service)
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError, AttributeError) as unanswered:
        return [f"No advisories: osv.dev did not say what it knows of {len(asked)} packages ({unanswered})"]
    lines = [
        f"  {package.name} {package.version} ({package.ecosystem}): "
        + ", ".join(f"https://osv.dev/{identifier}" for identifier in identifiers)
        for package, identifiers in trouble.items()
    ]
    return [f"Advisories: against {len(trouble)} of {len(asked)} packages", *lines]


if __name__ == "__main__":
    print("\n".join(report(packages(pathlib.Path(sys.argv[1])), *(sys.argv[2:3] or [SERVICE]))))
