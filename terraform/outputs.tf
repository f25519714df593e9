# Written by local/terraform.py: what is changed here is lost.

output "version" {
  description = "The version of spawn that the stack is of."
  value       = aws_cloudformation_stack.spawn.outputs["Version"]
}

output "launch_state_machine_arn" {
  description = "Start executions of this with a launch payload."
  value       = aws_cloudformation_stack.spawn.outputs["LaunchStateMachineArn"]
}

output "role_set_state_machine_arn" {
  description = "Start executions of this with the payload of a role set."
  value       = aws_cloudformation_stack.spawn.outputs["RoleSetStateMachineArn"]
}

output "break_glass_state_machine_arn" {
  description = "Start executions of this, in an emergency, with a launch payload that must not wait for an approver. Each start rings an alarm."
  value       = lookup(aws_cloudformation_stack.spawn.outputs, "BreakGlassStateMachineArn", null)
}

output "approval_state_machine_arn" {
  description = "The executions of this are the launches that wait for an approver, and those that have waited."
  value       = aws_cloudformation_stack.spawn.outputs["ApprovalStateMachineArn"]
}

output "answer_function_name" {
  description = "Approvers invoke this, the alias of the function that takes their answers, as the message of each approval says."
  value       = aws_cloudformation_stack.spawn.outputs["AnswerFunctionName"]
}

output "cleanup_function_name" {
  description = "Invoke this, the alias of the sweep, with {\"dryRun\":true} to see what a sweep would do."
  value       = aws_cloudformation_stack.spawn.outputs["CleanupFunctionName"]
}

output "export_function_name" {
  description = "Invoke this with {\"export\":\"role\"} for a payload that makes the role again, or with {\"shrink\":\"role\"} for a smaller one."
  value       = aws_cloudformation_stack.spawn.outputs["ExportFunctionName"]
}

output "revoke_function_name" {
  description = "Invoke this, the alias of the function that revokes roles, with {\"role\":\"<name>\",\"reason\":\"<why>\"}."
  value       = aws_cloudformation_stack.spawn.outputs["RevokeFunctionName"]
}

output "audit_function_name" {
  description = "Invoke this, the alias of the audit, with {} to see how every role stands, or with {\"format\":\"html\"} for a page."
  value       = aws_cloudformation_stack.spawn.outputs["AuditFunctionName"]
}

output "repair_function_name" {
  description = "Invoke this, the alias of the repair, with {} to see what it would put back, and with {\"repair\":true} to let it."
  value       = aws_cloudformation_stack.spawn.outputs["RepairFunctionName"]
}

output "termination_queue_url" {
  description = "The queue in which termination events and the schedule's wait for the next sweep."
  value       = aws_cloudformation_stack.spawn.outputs["TerminationQueueUrl"]
}

output "instance_boundary_arn" {
  description = "The permissions boundary of every role that spawn creates, except those of AWS Batch and Spot Fleet."
  value       = aws_cloudformation_stack.spawn.outputs["InstanceBoundaryArn"]
}

output "service_boundary_arn" {
  description = "The permissions boundary of the roles that spawn creates for AWS Batch and Spot Fleet."
  value       = aws_cloudformation_stack.spawn.outputs["ServiceBoundaryArn"]
}

output "wait_for_propagation_role_arn" {
  description = "One of the two roles that the policies of VolumeKeyArns' keys must let in."
  value       = aws_cloudformation_stack.spawn.outputs["WaitForPropagationRoleArn"]
}

output "run_instance_role_arn" {
  description = "The other one."
  value       = aws_cloudformation_stack.spawn.outputs["RunInstanceRoleArn"]
}

output "launcher_policy_arn" {
  description = "Attach this policy to launchers."
  value       = aws_cloudformation_stack.spawn.outputs["LauncherPolicyArn"]
}

output "approver_policy_arn" {
  description = "Attach this policy to approvers, and to nobody who may launch."
  value       = aws_cloudformation_stack.spawn.outputs["ApproverPolicyArn"]
}

output "break_glass_policy_arn" {
  description = "Attach this policy to whoever may launch without an approver in an emergency."
  value       = lookup(aws_cloudformation_stack.spawn.outputs, "BreakGlassPolicyArn", null)
}

output "role_set_policy_arn" {
  description = "Attach this policy to people who may create, change and remove role sets."
  value       = aws_cloudformation_stack.spawn.outputs["RoleSetPolicyArn"]
}

output "operator_policy_arn" {
  description = "Attach this policy to operators, who watch launches, role sets and sweeps."
  value       = aws_cloudformation_stack.spawn.outputs["OperatorPolicyArn"]
}

output "command_line_policy_arn" {
  description = "Attach this policy, beside one of the others, to whoever uses the command spawn."
  value       = aws_cloudformation_stack.spawn.outputs["CommandLinePolicyArn"]
}

output "role_test_policy_arn" {
  description = "Attach this policy beside the command line's to whoever asks by spawn iam-test what roles and words allow."
  value       = aws_cloudformation_stack.spawn.outputs["RoleTestPolicyArn"]
}

output "instance_access_policy_arn" {
  description = "Attach this policy to whoever may terminate spawn's instances, and run commands and open shells on them."
  value       = aws_cloudformation_stack.spawn.outputs["InstanceAccessPolicyArn"]
}

output "dashboard_name" {
  description = "Look here first; docs/runbook.md says what the alarms on it mean."
  value       = aws_cloudformation_stack.spawn.outputs["DashboardName"]
}
