"""Prints template.yaml as the local server can run it: python local/template.py template.yaml bundle.zip

Three things differ because the server has no Java runtime of its own:
- Runtime is provided.al2023, and the bundle holds a `bootstrap` beside the project's own classes and libraries;
- there is no SnapStart, which needs Lambda's Java runtime;
- CodeUri names that bundle. (Other paths become absolute, since the printed template lies elsewhere.)
And one because it cannot calculate with metrics: an alarm on several of them watches the first.
"""

import json
import pathlib
import sys
from typing import Any

from samcli.yamlhelper import yaml_parse


def localized(template: dict[str, Any], folder: pathlib.Path, bundle: pathlib.Path) -> dict[str, Any]:
    """Returns the template with its differences made, in place. Its paths are relative to the folder."""
    functions = [r["Properties"] for r in template["Resources"].values() if r["Type"] == "AWS::Serverless::Function"]
    shared = template.get("Globals", {}).get("Function", {})
    for properties in [shared, *functions]:
        properties.pop("SnapStart", None)
        if "Runtime" in properties:
            properties["Runtime"] = "provided.al2023"
        if "CodeUri" in properties:
            properties["CodeUri"] = str(bundle)
    application = template.get("Metadata", {}).get("AWS::ServerlessRepo::Application", {})
    for key in ("LicenseUrl", "ReadmeUrl"):
        if key in application:
            application[key] = str(folder / application[key])
    for resource in template["Resources"].values():
        if "DefinitionUri" in resource.get("Properties", {}):
            resource["Properties"]["DefinitionUri"] = str(folder / resource["Properties"]["DefinitionUri"])
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]:
            first = next(
                query["MetricStat"] for query in resource["Properties"].pop("Metrics") if "MetricStat" in query
            )
            resource["Properties"].update(first["Metric"], Statistic=first["Stat"], Period=first["Period"])
    return template


if __name__ == "__main__":
    source, bundle = pathlib.Path(sys.argv[1]).absolute(), pathlib.Path(sys.argv[2]).absolute()
    print(json.dumps(localized(yaml_parse(source.read_text()), source.parent, bundle), indent=1))
