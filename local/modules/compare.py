"""Compares what CDK and Terraform make of a package with its template: compare.py write|compare FOLDER

`write` puts into FOLDER a package whose code is a few bytes, and the cases, as each tool takes them. `compare` works
out from the package's template what each case deploys, and holds the tools' results to it.
"""

import json
import pathlib
import re
import sys
from typing import Any

ROOT = pathlib.Path(__file__).absolute().parents[2]
sys.path.insert(0, str(ROOT / "local"))

import boto3  # noqa: E402
from samcli.yamlhelper import yaml_parse  # noqa: E402
from samtranslator.parser.parser import Parser  # noqa: E402
from samtranslator.translator.translator import Translator  # noqa: E402

from package import in_one_file, without_application  # noqa: E402
from terraform import snake  # noqa: E402

Json = Any

CASES: dict[str, dict[str, Any]] = {
    "defaults": {},
    "chosen": {
        "BroadAccess": "approve",
        "ApprovalTopicArn": "arn:aws:sns:us-east-1:123456789012:approvals",
        "ApprovalTimeout": 3600,
        "AllowedWords": ["s3:*", "!*:FullAccess"],
        "AllowedSubnets": ["subnet-0123456789abcdef0"],
        "OpenResources": [],
        "RolePath": "/teams/a/",
        "SnapStart": "off",
        "KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/5c0d0000-0000-4000-8000-000000000000",
        "ArtifactsBucket": "a-bucket",
    },
}


def write(folder: pathlib.Path) -> None:
    (folder / "spawn.zip").write_bytes(b"not code")
    template = without_application(in_one_file(yaml_parse((ROOT / "template.yaml").read_text()), ROOT))
    (folder / "spawn.template.json").write_text(json.dumps(template, indent=1))
    (folder / "cases.json").write_text(json.dumps(CASES))
    for name, parameters in CASES.items():
        variables = {snake(key): value for key, value in ({"ArtifactsBucket": "a-bucket"} | parameters).items()}
        (folder / f"{name}.tfvars.json").write_text(json.dumps({"package": str(folder), **variables}))


def with_values(value: Json, values: dict[str, Any]) -> Json:
    """Returns a part of a template with values for its parameters."""
    match value:
        case {"Ref": str(name)} if name in values:
            return values[name]
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": re.sub(r"\$\{(\w+)}", lambda m: str(values.get(m[1], m[0])), text)}
        case dict():
            return {key: with_values(one, values) for key, one in value.items()}
        case list():
            return [with_values(one, values) for one in value]
    return value


def values_of(template: Json, parameters: dict[str, Any]) -> dict[str, Any]:
    """Returns the parameters' values as CloudFormation has them."""
    values: dict[str, Any] = {}
    for name, parameter in template["Parameters"].items():
        value = parameters.get(name, parameter["Default"])
        if parameter["Type"] == "CommaDelimitedList":
            values[name] = (value or [""]) if isinstance(value, list) else value.split(",")
        else:
            values[name] = str(value)
    return values


def compare_cdk(template: Json, made: Json, parameters: dict[str, Any]) -> None:
    values = values_of(template, {"ArtifactsBucket": "cdk-hnb659fds-assets"} | parameters)
    code = made["Resources"]["EnsureRole"]["Properties"]["CodeUri"]
    assert set(code) == {"Bucket", "Key"}, code
    for resource in template["Resources"].values():
        if "CodeUri" in resource.get("Properties", {}):
            resource["Properties"]["CodeUri"] = code
    for section in ("Description", "Transform", "Globals", "Conditions", "Resources"):
        assert_equal(section, with_values(template[section], values), made[section])
    added = {"Launches", "Emergencies"}
    assert_equal("Outputs", with_values(template["Outputs"], values), without(made["Outputs"], added))
    assert_equal(
        "Launches", template["Outputs"]["LaunchStateMachineArn"]["Value"], made["Outputs"]["Launches"]["Value"]
    )
    emergencies = {"Fn::If": ["AsksForApproval", template["Outputs"]["BreakGlassStateMachineArn"]["Value"], ""]}
    assert_equal("Emergencies", emergencies, made["Outputs"]["Emergencies"]["Value"])
    # Of the parameters only CDK's own is left, and SAM takes the place that CDK gives to the code.
    assert_equal("Parameters", ["BootstrapVersion"], list(made["Parameters"]))
    translator = Translator(None, Parser(), boto_session=boto3.Session(region_name="us-east-1"))
    function = translator.translate(made, {})["Resources"]["EnsureRole"]["Properties"]
    assert_equal("Code", {"S3Bucket": code["Bucket"], "S3Key": code["Key"]}, function["Code"])


def compare_terraform(template: Json, made: Json, parameters: dict[str, Any]) -> None:
    code = json.loads(made["template"]["value"])["Resources"]["EnsureRole"]["Properties"]["CodeUri"]
    assert code["Bucket"] == "a-bucket", code
    assert re.fullmatch(r"spawn/[0-9a-f]{64}\.zip", code["Key"]), code
    for resource in template["Resources"].values():
        if "CodeUri" in resource.get("Properties", {}):
            resource["Properties"]["CodeUri"] = code
    assert_equal("template", template, json.loads(made["template"]["value"]))
    given = {
        name: ",".join(value) if isinstance(value, list) else str(value)
        for name, value in ({"ArtifactsBucket": "a-bucket"} | parameters).items()
    }
    assert_equal("parameters", given, {name: str(value) for name, value in made["parameters"]["value"].items()})


def without(section: Json, names: set[str]) -> Json:
    return {name: value for name, value in section.items() if name not in names}


def assert_equal(what: str, wanted: Json, made: Json, place: str = "$") -> None:
    """Fails at the first place where the two differ."""
    if isinstance(wanted, dict) and isinstance(made, dict) and wanted.keys() == made.keys():
        for key in wanted:
            assert_equal(what, wanted[key], made[key], f"{place}.{key}")
    elif wanted != made:
        raise AssertionError(
            f"{what} at {place}: expected {json.dumps(wanted)[:400]}, but it is {json.dumps(made)[:400]}"
        )


def compare(folder: pathlib.Path) -> None:
    compared = 0
    for name, parameters in CASES.items():
        for tool, comparison in (("cdk", compare_cdk), ("terraform", compare_terraform)):
            file = folder / f"{name}.{tool}.json"
            if tool == "cdk" or file.exists():
                comparison(
                    json.loads((folder / "spawn.template.json").read_text()), json.loads(file.read_text()), parameters
                )
                compared += 1
    print(f"{compared} passed, 0 failed")


if __name__ == "__main__":
    {"write": write, "compare": compare}[sys.argv[1]](pathlib.Path(sys.argv[2]))
