"""Prints template.yaml as it is deployed: python local/expanded.py template.yaml cn-north-1 SnapStart=off Tracing=off

The Serverless transform is AWS's own (samtranslator), which takes the partition from the region. The definitions of the
state machines stand in the result, and what parameters decide is decided, by their values or else their defaults.
"""

import json
import logging
import pathlib
import sys
from collections.abc import Iterator
from typing import Any

import boto3
from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

NO_VALUE = {"Ref": "AWS::NoValue"}

# The transform measures itself for AWS's own service, and complains where nobody wants to know.
logging.getLogger("samtranslator.metrics.metrics").setLevel(logging.ERROR)


def expanded(path: pathlib.Path, region: str, values: dict[str, str]) -> dict[str, Any]:
    """Returns the template as it is deployed in a region.

    The transform remembers the first region that it is asked for, so a process can expand for one region only.
    """
    template = yaml_parse(path.read_text())
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if "CodeUri" in properties:
            properties["CodeUri"] = {"Bucket": "artifacts", "Key": "spawn.zip"}
        if "DefinitionUri" in properties:
            properties["Definition"] = json.loads((path.parent / properties.pop("DefinitionUri")).read_text())
    translator = Translator(None, Parser(), boto_session=boto3.Session(region_name=region))
    template = translator.translate(template, {})
    parameters = {name: values.get(name, one.get("Default")) for name, one in template["Parameters"].items()}
    conditions = template.pop("Conditions")
    decided = {name: is_true(condition, parameters, conditions) for name, condition in conditions.items()}
    for section in ("Resources", "Outputs"):
        template[section] = held(template[section], decided)
    return chosen(template, decided)


def held(entries: dict[str, Any], decided: dict[str, bool]) -> dict[str, Any]:
    """Returns those whose condition holds, if they have one, without it."""
    return {
        name: {key: value for key, value in entry.items() if key != "Condition"}
        for name, entry in entries.items()
        if "Condition" not in entry or decided[entry["Condition"]]
    }


def is_true(condition: Any, parameters: dict[str, str], conditions: dict[str, Any]) -> bool:
    """Works a condition out, which may name others; one of a form that the template does not use fails."""
    match condition:
        case {"Condition": name}:
            return is_true(conditions[name], parameters, conditions)
        case {"Fn::Not": [one]}:
            return not is_true(one, parameters, conditions)
        case {"Fn::And": several}:
            return all(is_true(one, parameters, conditions) for one in several)
        case {"Fn::Or": several}:
            return any(is_true(one, parameters, conditions) for one in several)
        case {"Fn::Equals": [one, other]}:
            return text(one, parameters) == text(other, parameters)
    raise ValueError(f"{condition} in a condition is not known here")


def text(value: Any, parameters: dict[str, str]) -> str:
    match value:
        case str():
            return value
        case {"Ref": name}:
            return parameters[name]
        case {"Fn::Join": [separator, {"Ref": name}]}:
            return separator.join(parameters[name].split(","))
        case {"Fn::Join": [str(separator), [*parts]]}:
            return separator.join(text(part, parameters) for part in parts)
        case {"Fn::Join": [separator, {"Fn::Split": [at, whole]}]}:
            return separator.join(text(whole, parameters).split(at))
    raise ValueError(f"{value} in a condition is not known here")


def chosen(value: Any, decided: dict[str, bool]) -> Any:
    """Returns a part of a template with each Fn::If replaced by the side that holds, and constant texts joined."""
    match value:
        case {"Fn::If": [condition, then, otherwise]}:
            return chosen(then if decided[condition] else otherwise, decided)
        case {"Fn::Join": [str(separator), [*lines]]} if all(isinstance(line, str) for line in lines):
            return separator.join(lines)  # as the transform writes definitions, in more lines than cfn-lint bears
        case dict():
            sides = {key: chosen(item, decided) for key, item in value.items()}
            return {key: item for key, item in sides.items() if item != NO_VALUE}
        case list():
            return [item for item in (chosen(one, decided) for one in value) if item != NO_VALUE]
    return value


def foreign(value: Any, partition: str, place: str = "$") -> Iterator[str]:
    """Yields the place and the text of each ARN that names a partition other than the one given."""
    match value:
        case dict():
            for key, item in value.items():
                yield from foreign(item, partition, f"{place}.{key}")
        case list():
            for index, item in enumerate(value):
                yield from foreign(item, partition, f"{place}[{index}]")
        case str():
            named = (part.split(":", 1)[0] for part in value.split("arn:")[1:])
            if any(name.startswith("aws") and name != partition for name in named):
                yield f"{place}: {value}"


if __name__ == "__main__":
    given = dict(argument.split("=", 1) for argument in sys.argv[3:])
    print(json.dumps(expanded(pathlib.Path(sys.argv[1]), sys.argv[2], given), indent=1))
