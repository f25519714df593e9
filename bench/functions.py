"""The functions of template.yaml as Lambda would start them, with the parameters' defaults."""

import dataclasses
import re
from typing import Any

STACK, REGION, ACCOUNT = "spawn", "us-east-1", "123456789012"
PSEUDO = {
    "AWS::StackName": STACK,
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
}
# What a reference to a resource stands for, by its type. It is only read, never asked for.
ARNS = {
    "AWS::IAM::ManagedPolicy": f"arn:aws:iam::{ACCOUNT}:policy/{STACK}-%s",
    "AWS::Lambda::Alias": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STACK}-%s",
}


@dataclasses.dataclass(frozen=True)
class Function:
    """A function of the template.

    memory is in MB; of_snapshot says whether Lambda starts it from a snapshot.
    """

    name: str
    handler: str
    runtime: str
    memory: int
    timeout: int
    of_snapshot: bool
    environment: dict[str, str]


def functions(template: dict[str, Any]) -> dict[str, Function]:
    """Returns the functions of a template that local/expanded.py has expanded, by name."""
    return {
        name: Function(
            name,
            properties["Handler"],
            properties["Runtime"],
            properties["MemorySize"],
            properties["Timeout"],
            properties.get("SnapStart", {}).get("ApplyOn") == "PublishedVersions",
            {variable: resolved(value, template) for variable, value in properties["Environment"]["Variables"].items()},
        )
        for name, properties in of_type(template, "AWS::Lambda::Function")
    }


def of_type(template: dict[str, Any], kind: str) -> list[tuple[str, dict[str, Any]]]:
    resources = template["Resources"].items()
    return [(name, resource["Properties"]) for name, resource in resources if resource["Type"] == kind]


def substitutions(template: dict[str, Any], machine: str) -> dict[str, str]:
    """Returns what stands in a state machine's definition for each ${name} that is a text."""
    given = template["Resources"][machine]["Properties"]["DefinitionSubstitutions"]
    return {name: resolved(value, template) for name, value in given.items() if not name.endswith("Arn")}


def filled(value: Any, names: dict[str, str]) -> Any:
    """Returns a part of a definition with each ${name} replaced."""
    match value:
        case dict():
            return {key: filled(item, names) for key, item in value.items()}
        case list():
            return [filled(item, names) for item in value]
        case str():
            return re.sub(r"\$\{(\w+)}", lambda found: str(names[found[1]]), value)
    return value


def resolved(value: Any, template: dict[str, Any]) -> str:
    """Works a value out that CloudFormation would; one of a form that no function uses yet fails."""
    match value:
        case str() | int():
            return str(value)
        case {"Ref": name} if name in PSEUDO:
            return PSEUDO[name]
        case {"Ref": name} if name in template["Parameters"]:
            return str(template["Parameters"][name].get("Default", ""))
        case {"Ref": name} if template["Resources"][name]["Type"] in ARNS:
            return ARNS[template["Resources"][name]["Type"]] % name
        case {"Fn::Join": [str(separator), [*parts]]}:
            return separator.join(resolved(part, template) for part in parts)
        case {"Fn::Join": [str(), {"Ref": _} as listed]}:
            return resolved(listed, template)  # a list is written with commas between
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{([\w:]+)}", lambda found: resolved({"Ref": found[1]}, template), text)
    raise ValueError(f"bench/functions.py cannot work out {value}.")


def snake(name: str) -> str:
    """Returns EnsureRole as ensure_role."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
