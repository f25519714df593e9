"""Writes what the Terraform module says of the template: python local/terraform.py

terraform/variables.tf has a variable for each parameter, and terraform/outputs.tf an output for each output, by the
same names in Terraform's spelling. What is not set is not passed on, so that the defaults are the template's.
"""

import pathlib
import re
from typing import Any

from samcli.yamlhelper import yaml_parse

ROOT = pathlib.Path(__file__).absolute().parent.parent
MADE = "# Written by local/terraform.py: what is changed here is lost.\n"
TYPES = {"CommaDelimitedList": "list(string)", "Number": "number", "String": "string"}
BUCKET = "ArtifactsBucket"  # which is needed here, for the code and the template

OWN = """
variable "package" {
  description = "The folder of spawn.zip and spawn.template.json: a release's files, or target/package."
  type        = string
}

variable "name" {
  description = "The stack's name, with which its path in IAM and its names begin."
  type        = string
  default     = "spawn"

  validation {
    condition     = can(regex("^[a-zA-Z][a-zA-Z0-9-]{0,19}$", var.name))
    error_message = "The name has letters, digits and hyphens, begins with a letter, and has at most 20 characters."
  }
}

variable "tags" {
  description = "Tags of the stack, and of the resources in it that take tags."
  type        = map(string)
  default     = {}
}
"""

LOCALS = """
locals {
  code = { Bucket = var.artifacts_bucket, Key = "spawn/${filesha256("${var.package}/spawn.zip")}.zip" }

  # The name of the code's file stands for nothing else in the template.
  template = replace(file("${var.package}/spawn.template.json"), "\\"spawn.zip\\"", jsonencode(local.code))

  given = {
%s
  }
  parameters = { for name, value in local.given : name => value if value != null }
}
"""


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def quoted(text: str) -> str:
    """Returns a text as Terraform has it, where ${ and %{ begin an expression."""
    escaped = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("${", "$${").replace("%{", "%%{") + '"'


def variables(template: dict[str, Any]) -> str:
    parts, given = [], []
    width = max(map(len, template["Parameters"]))
    for name, parameter in template["Parameters"].items():
        lines = [f'variable "{snake(name)}" {{', f"  description = {quoted(parameter['Description'])}"]
        lines.append(f"  type        = {TYPES[parameter['Type']]}")
        if name != BUCKET:
            lines.append("  default     = null")
        parts.append("\n".join([*lines, "}\n"]))
        variable = f"var.{snake(name)}"
        if parameter["Type"] == "CommaDelimitedList":
            variable = f'{variable} == null ? null : join(",", {variable})'
        given.append(f"    {name:<{width}} = {variable}")
    return "\n".join([MADE + OWN, *parts]) + LOCALS % "\n".join(given)


def outputs(template: dict[str, Any]) -> str:
    """Returns the outputs; one that a condition guards is null where the condition does not hold."""
    parts = []
    for name, output in template["Outputs"].items():
        value = f'aws_cloudformation_stack.spawn.outputs["{name}"]'
        if "Condition" in output:
            value = f'lookup(aws_cloudformation_stack.spawn.outputs, "{name}", null)'
        text = quoted(output["Description"])
        parts.append(f'output "{snake(name)}" {{\n  description = {text}\n  value       = {value}\n}}\n')
    return "\n".join([MADE, *parts])


def files() -> dict[pathlib.Path, str]:
    """Returns what each file has to hold."""
    template = yaml_parse((ROOT / "template.yaml").read_text())
    folder = ROOT / "terraform"
    return {folder / "variables.tf": variables(template), folder / "outputs.tf": outputs(template)}


if __name__ == "__main__":
    for file, text in files().items():
        file.write_text(text)
