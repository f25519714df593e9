#!/bin/sh
# Rewrites the permissions that CloudFormation's own handlers need for each type of resource in the expanded template: what they call
# to create, read, update and delete one.
# Source: the resource schemas that AWS publishes, as cfn-lint (MIT-0) ships them for us-east-1.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
version=1.53.3
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
python3 -m pip download --quiet --no-deps --dest "$work" "cfn-lint==$version"
python3 - "$work" "$here/../test/resources/spawn/template/handler-permissions.json" "$version" <<'PYTHON'
import glob, json, sys, zipfile
types = """AWS::CloudWatch::Alarm AWS::CloudWatch::Dashboard AWS::Events::Rule AWS::IAM::ManagedPolicy AWS::IAM::Role
    AWS::Lambda::Alias AWS::Lambda::EventSourceMapping AWS::Lambda::Function AWS::Lambda::Version AWS::Logs::LogGroup
    AWS::SQS::Queue AWS::SQS::QueuePolicy AWS::Scheduler::Schedule AWS::StepFunctions::StateMachine""".split()
rows = {}
with zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0]) as wheel:
    for name in wheel.namelist():
        if "/schemas/resources/" in name and name.endswith(".json"):
            schema = json.loads(wheel.read(name))
            if schema.get("typeName") in types and "handlers" in schema:
                rows[schema["typeName"]] = sorted({
                    permission
                    for handler in ("create", "read", "update", "delete")
                    for permission in schema["handlers"].get(handler, {}).get("permissions", [])
                })
assert set(rows) == set(types), set(types) - set(rows)
lines = [f"    {json.dumps(kind)}: {json.dumps(rows[kind])}" for kind in sorted(rows)]
with open(sys.argv[2], "w") as out:
    out.write('{\n  "source": "cfn-lint ' + sys.argv[3] + ' (MIT-0)",\n  "types": {\n' + ",\n".join(lines) + "\n  }\n}\n")
PYTHON
