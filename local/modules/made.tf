# What local/modules/run looks at of the module in terraform/.

output "template" {
  value = local.template
}

output "parameters" {
  value = local.parameters
}
