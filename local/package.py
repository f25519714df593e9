"""Writes spawn as it is released: python local/package.py FOLDER [ADDRESS OF THE REPOSITORY]

FOLDER gets what deploys without this repository, Java or Maven (docs/install.md):
- spawn.zip, the functions' code: target/spawn.zip as it is;
- spawn.template.json, template.yaml in one file: the definitions of the state machines stand in it, and the code is
  spawn.zip beside it;
- serverlessrepo.template.json, the same for `sam publish`, with the README.md and the LICENSE that it names. Its
  schedules are rules of EventBridge, since the Serverless Application Repository has refused those of EventBridge
  Scheduler (https://github.com/aws/aws-sam-cli/issues/4543).

An application of that repository has the definitions in its template because the repository copies the code of
functions and nothing else: a definition would stay in the publisher's bucket, which others may not read
(https://github.com/aws/serverless-application-model/issues/2000).
"""

import copy
import json
import pathlib
import shutil
import sys
from typing import Any

from samcli.yamlhelper import yaml_parse

CODE = "spawn.zip"
APPLICATION = "AWS::ServerlessRepo::Application"


def in_one_file(template: dict[str, Any], folder: pathlib.Path) -> dict[str, Any]:
    """Returns the template with each definition in the place of its path, and CODE as the code of each function."""
    made = copy.deepcopy(template)
    for resource in made["Resources"].values():
        properties = resource.get("Properties", {})
        if "CodeUri" in properties:
            properties["CodeUri"] = CODE
        if "DefinitionUri" in properties:
            properties["Definition"] = json.loads((folder / properties.pop("DefinitionUri")).read_text())
    return made


def without_application(template: dict[str, Any]) -> dict[str, Any]:
    """Returns the template without what only the Serverless Application Repository reads, which names files."""
    metadata = {key: value for key, value in template["Metadata"].items() if key != APPLICATION}
    return {**template, "Metadata": metadata}


def for_serverless_repo(template: dict[str, Any], repository: str = "") -> dict[str, Any]:
    """Returns the template as the Serverless Application Repository takes it.

    repository is the address at which people find the source, such as https://github.com/someone/spawn; without it
    the application names none.
    """
    made = copy.deepcopy(template)
    if repository:
        application = made["Metadata"][APPLICATION]
        application["HomePageUrl"] = repository
        application["SourceCodeUrl"] = f"{repository}/tree/v{application['SemanticVersion']}"
    for resource in made["Resources"].values():
        for event in resource.get("Properties", {}).get("Events", {}).values():
            if event["Type"] == "ScheduleV2":
                schedule = event["Properties"]
                event["Type"] = "Schedule"
                event["Properties"] = {"Schedule": schedule["ScheduleExpression"], "Input": schedule["Input"]}
    return made


def write(root: pathlib.Path, target: pathlib.Path, repository: str = "") -> None:
    template = in_one_file(yaml_parse((root / "template.yaml").read_text()), root)
    target.mkdir(parents=True, exist_ok=True)
    for name, made in (
        ("spawn.template.json", without_application(template)),
        ("serverlessrepo.template.json", for_serverless_repo(template, repository)),
    ):
        (target / name).write_text(json.dumps(made, indent=1) + "\n")
    for file in (root / "target" / CODE, root / "README.md", root / "LICENSE"):
        shutil.copy(file, target)


if __name__ == "__main__":
    write(pathlib.Path(__file__).absolute().parent.parent, pathlib.Path(sys.argv[1]), *sys.argv[2:3])
