# Deploys a release of spawn as a stack of CloudFormation: docs/install.md. variables.tf and outputs.tf are written by local/terraform.py.

terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

data "aws_s3_bucket" "artifacts" {
  bucket = var.artifacts_bucket
}

# Each version has an object of its own, which is there as long as the stack may go back to it.
resource "aws_s3_object" "code" {
  bucket = data.aws_s3_bucket.artifacts.id
  key    = local.code.Key
  source = "${var.package}/spawn.zip"

  lifecycle {
    create_before_destroy = true
  }
}

# Too long for the request itself, which takes 51,200 bytes.
resource "aws_s3_object" "template" {
  bucket       = data.aws_s3_bucket.artifacts.id
  key          = "spawn/${sha256(local.template)}.template.json"
  content      = local.template
  content_type = "application/json"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudformation_stack" "spawn" {
  name         = var.name
  template_url = "https://${data.aws_s3_bucket.artifacts.bucket_regional_domain_name}/${aws_s3_object.template.key}"
  parameters   = local.parameters
  capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
  tags         = var.tags

  depends_on = [aws_s3_object.code]
}
