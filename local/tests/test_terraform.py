"""The Terraform module has a variable for each parameter of the template, and an output for each of its outputs."""

import re
import unittest

from samcli.yamlhelper import yaml_parse

import stack
from terraform import files, quoted, snake, variables


class TheModule(unittest.TestCase):
    def test_its_variables_and_outputs_are_the_templates(self) -> None:
        for file, text in files().items():
            self.assertEqual(
                text, file.read_text(), f"{file.name} is behind: .local/venv/bin/python -P local/terraform.py"
            )
        template = yaml_parse((stack.ROOT / "template.yaml").read_text())
        folder = stack.ROOT / "terraform"
        declared = set(re.findall(r'^variable "(\w+)"', (folder / "variables.tf").read_text(), re.MULTILINE))
        self.assertEqual({snake(name) for name in template["Parameters"]} | {"package", "name", "tags"}, declared)
        given = re.findall(r'^output "(\w+)"', (folder / "outputs.tf").read_text(), re.MULTILINE)
        self.assertEqual([snake(name) for name in template["Outputs"]], given)

    def test_what_it_uses_is_declared(self) -> None:
        text = "".join(file.read_text() for file in sorted((stack.ROOT / "terraform").glob("*.tf")))
        declared = set(re.findall(r'^variable "(\w+)"', text, re.MULTILINE))
        self.assertEqual(declared, set(re.findall(r"\bvar\.(\w+)", text)))
        resources = set(re.findall(r'^resource "(\w+)" "(\w+)"', text, re.MULTILINE))
        self.assertEqual(
            resources, set(re.findall(r"(?<!data\.)\b(aws_\w+)\.(\w+)", text)) - {("aws_s3_bucket", "artifacts")}
        )

    def test_a_list_is_one_text_for_cloudformation(self) -> None:
        parameters = {
            "ArtifactsBucket": {"Type": "String", "Description": "A bucket."},
            "AllowedWords": {"Type": "CommaDelimitedList", "Description": "Words."},
        }
        text = variables({"Parameters": parameters})
        declared = 'variable "allowed_words" {\n  description = "Words."\n  type        = list(string)\n'
        self.assertIn(declared + "  default     = null\n}\n", text)
        self.assertIn('    AllowedWords    = var.allowed_words == null ? null : join(",", var.allowed_words)\n', text)
        self.assertIn('variable "artifacts_bucket" {\n  description = "A bucket."\n  type        = string\n}', text)

    def test_names_are_spelt_as_terraform_does(self) -> None:
        self.assertEqual("kms_key_arn", snake("KmsKeyArn"))
        self.assertEqual("allowed_managed_policies", snake("AllowedManagedPolicies"))

    def test_a_description_is_no_expression(self) -> None:
        self.assertEqual('"for \\"$${aws:userid}\\" and %%{x}"', quoted('for\n  "${aws:userid}" and %{x}'))


if __name__ == "__main__":
    unittest.main()
