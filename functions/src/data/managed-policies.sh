#!/bin/sh
# Rewrites the list of AWS's managed policies, path and name of each, and for the tests the documents of all.
# Source: moto (Apache-2.0), which keeps what iam:ListPolicies with Scope=AWS returns.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
version=5.2.5
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
python3 -m pip download --quiet --no-deps --dest "$work" "moto==$version"
python3 - "$work/moto-$version-py3-none-any.whl" "$here/../main/resources/spawn/policy/managed-policies.txt" \
  "$here/../test/resources/spawn/policy/managed-policy-documents.json.gz" <<'PYTHON'
import gzip, json, sys, zipfile
scope = {}
exec(zipfile.ZipFile(sys.argv[1]).read("moto/iam/aws_managed_policies.py"), scope)
policies = json.loads(scope["aws_managed_policies_data"])
lines = sorted(policy["Path"] + name for name, policy in policies.items())
with open(sys.argv[2], "w") as out:
    out.write("\n".join(lines) + "\n")
documents = {name: policies[name]["Document"] for name in sorted(policies)}
text = json.dumps(documents, separators=(",", ":"), sort_keys=True).encode()
with open(sys.argv[3], "wb") as out:
    out.write(gzip.compress(text, 9, mtime=0))
PYTHON
