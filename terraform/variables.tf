# Written by local/terraform.py: what is changed here is lost.

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

variable "broad_access" {
  description = "What happens to a launch that asks for broad or escalating access, for example s3:FullAccess. Its result has a warning (warn), it waits until an approver says yes (approve), or it fails (reject). A role set, which asks nobody, fails with approve too."
  type        = string
  default     = null
}

variable "approve_launches" {
  description = "Which launches wait for an approver: those with broad access, where BroadAccess is approve (broad), or all of them, whatever BroadAccess says (all)."
  type        = string
  default     = null
}

variable "approval_topic_arn" {
  description = "ARN of the SNS topic, in the stack's region, that is told of each launch that waits for an approver. Needed where any does."
  type        = string
  default     = null
}

variable "approval_timeout" {
  description = "How long a launch waits for an approver before it fails, in seconds."
  type        = number
  default     = null
}

variable "passable_role_arns" {
  description = "ARNs of your own roles, outside the stack's path, that launches may name and use. Everyone who may start a launch may then use these roles. Empty for none."
  type        = list(string)
  default     = null
}

variable "associate_instances" {
  description = "The existing instances whose role a payload may change: those that carry the tag spawn:associate=true (tagged), or any instance of the stack's region (any)."
  type        = string
  default     = null
}

variable "volume_key_arns" {
  description = "ARNs of the KMS keys that encrypt the volumes of launches: keys of your own that payloads, images, launch templates or the account's default name. Without them EC2 ends such an instance while it starts. docs/security.md says what each key's policy must allow. Empty for none; EBS's own key, aws/ebs, needs no entry."
  type        = list(string)
  default     = null
}

variable "boundary_arn" {
  description = "ARN of your own managed policy that replaces the stack's InstanceBoundary as the permissions boundary of the roles that are created from now on. Launches no longer use roles behind another boundary. It should deny at least what InstanceBoundary denies, spawn's tags on what exists among it. Roles that only AWS Batch or Spot Fleet may assume keep the stack's ServiceBoundary. Empty for the stack's."
  type        = string
  default     = null
}

variable "allowed_boundary_arns" {
  description = "ARNs of managed policies that a payload may name as the permissions boundary in place of the stack's own. Empty for none. With BoundaryArn at most 140 characters."
  type        = list(string)
  default     = null
}

variable "allowed_policy_arns" {
  description = "ARNs of managed policies whose content you answer for: spawn cannot read them, and warns of high severity where a payload names another. One ARN that ends in a path of your own, as in policy/reviewed/*, keeps it short. Where AllowedManagedPolicies or AllowedResources limits payloads, no others of the account may be attached. Empty for none."
  type        = list(string)
  default     = null
}

variable "team" {
  description = "Whose stack this is: the value of the tag spawn:team on roles, profiles, instances and volumes, and of the field team in logs. Empty for no tag."
  type        = string
  default     = null
}

variable "allowed_words" {
  description = "The words that payloads may ask for, for example s3:ReadOnly,logs:*,!*:FullAccess. Empty for any. It says nothing of statements, resources and managed policies: docs/teams.md."
  type        = list(string)
  default     = null
}

variable "allowed_resources" {
  description = "The resources within which everything must lie that payloads ask for: ARNs as statements have them, for example that of a bucket, and that of its objects. An action in the list, such as cloudwatch:PutMetricData, may be granted on every resource. Managed policies must then be listed, in AllowedManagedPolicies or AllowedPolicyArns. Empty for any."
  type        = list(string)
  default     = null
}

variable "own_statements" {
  description = "Whether payloads may spell out statements of IAM's policy language (allow), or only ask by words and managed policies (reject)."
  type        = string
  default     = null
}

variable "allowed_managed_policies" {
  description = "The names of AWS managed policies that payloads may attach, for example AmazonSSMManagedInstanceCore,CloudWatchAgent*. Of the account's own policies only those in AllowedPolicyArns may be attached then. none for none. Empty for any."
  type        = list(string)
  default     = null
}

variable "allowed_role_names" {
  description = "The names that payloads may choose for roles and instance profiles, for example team-a-*. none for none. Empty for any."
  type        = list(string)
  default     = null
}

variable "allowed_role_tag_keys" {
  description = "The keys of tags that payloads may give to roles, for example cost-*,project. none for none. Empty for any."
  type        = list(string)
  default     = null
}

variable "allowed_instance_types" {
  description = "The instance types that launches may start, for example t3.*,m7i.*; a payload must then name one. Empty for any."
  type        = list(string)
  default     = null
}

variable "max_instances" {
  description = "The most instances that one launch may start. Empty for as many as EC2's quotas let it."
  type        = string
  default     = null
}

variable "allowed_subnets" {
  description = "The subnets that launches may use; a payload must then name one. Empty for any."
  type        = list(string)
  default     = null
}

variable "allowed_security_groups" {
  description = "The security groups that launches may use; a payload must then name one or more. Empty for any."
  type        = list(string)
  default     = null
}

variable "allowed_images" {
  description = "The images that launches may start: ids, or words. A word stands for every image whose tag spawn:launch has it as its value. Empty for any image that the account may launch."
  type        = list(string)
  default     = null
}

variable "image_parameter_arns" {
  description = "ARNs of your own Systems Manager parameters that hold images, for payloads that name one by resolve:ssm. An ARN may end in a path of your own, as in parameter/images/*. AWS's own, under /aws/service/, need no entry. Empty for none."
  type        = list(string)
  default     = null
}

variable "allowed_launch_templates" {
  description = "The launch templates that launches may use, in all their versions: ids, or words as in AllowedImages. Empty for those with the tag spawn:launch=true."
  type        = list(string)
  default     = null
}

variable "required_tags" {
  description = "Keys of the tags that each launch must give its instances, for example CostCenter. Empty for none."
  type        = list(string)
  default     = null
}

variable "allow_user_data" {
  description = "Whether launches may bring user data, or a script to run. With no, a launch template needs its owner's word too."
  type        = string
  default     = null
}

variable "max_expiry" {
  description = "How long roles may last, for example PT8H or P7D. Every payload that describes a role must then say when it ends (expires). Empty for roles that last as long as their callers want. docs/expiry.md."
  type        = string
  default     = null
}

variable "open_resources" {
  description = "Kinds of existing resources that launches may name whoever they belong to: snapshot, network-interface, launch-template, capacity-reservation, dedicated-host, placement-group, resource-group, license-configuration. Without that, a resource needs the tag spawn:launch=true; the last two kinds, whose tags EC2 does not show, are closed. Empty for none."
  type        = list(string)
  default     = null
}

variable "launch_boundary_arn" {
  description = "ARN of your own managed policy that becomes the permissions boundary of the two functions that launch: it limits launches in IAM's own words. docs/teams.md has an example. Empty for none."
  type        = string
  default     = null
}

variable "role_path" {
  description = "The IAM path under which roles and instance profiles are created: below it each stack has its own, <RolePath><stack>/<region>/. The same in every stack of the account. If it changes, roles under the former path are no longer this stack's."
  type        = string
  default     = null
}

variable "name_prefix" {
  description = "What the names of roles begin with that spawn generates, <NamePrefix>-instance-<hash>, for organizations that require one. If it changes, roles under former names are no longer removed by themselves."
  type        = string
  default     = null
}

variable "cleanup_mode" {
  description = "Whether roles that nothing uses are removed (on), only reported (report), or not even looked for (off). Direct calls of the function report in every mode."
  type        = string
  default     = null
}

variable "max_deletions_per_run" {
  description = "The most roles that one run removes; the others wait for the next run."
  type        = number
  default     = null
}

variable "reserve_sweep_concurrency" {
  description = "Reserves one concurrent execution for the sweep, so that two sweeps never run at once: a sweep that is held up while another removes a role could then remove the role that a launch has created again under the same name. Set it to false only if the account's limit is too low to reserve any, and then let nobody call the sweep by hand."
  type        = string
  default     = null
}

variable "nightly_sweep" {
  description = "When the sweep looks for unused roles without a termination event, in UTC. At least once a day."
  type        = string
  default     = null
}

variable "weekly_audit" {
  description = "When the audit looks at every role of the stack, in UTC. At least once a week, or its alarms look at the past."
  type        = string
  default     = null
}

variable "alarm_topic_arn" {
  description = "ARN of the SNS topic that is notified when an alarm begins and when it ends. If the topic is encrypted, its key must allow cloudwatch.amazonaws.com to use it. Empty for alarms that notify nobody."
  type        = string
  default     = null
}

variable "log_retention_in_days" {
  description = "How long the logs of the functions and of the state machines are kept, in days."
  type        = number
  default     = null
}

variable "kms_key_arn" {
  description = "ARN of your own KMS key, in the stack's region, that encrypts logs and queues. docs/security.md says what its policy must allow. Empty for the keys of CloudWatch Logs and SQS."
  type        = string
  default     = null
}

variable "artifacts_bucket" {
  description = "Name of the S3 bucket of your own that deployments of this stack take their artifacts from. InstanceBoundary denies it to instances, with any bucket whose name begins so, as it does the bucket that SAM creates. Empty for none."
  type        = string
}

variable "snap_start" {
  description = "Whether the functions of a launch start from a snapshot. Set it to off where Lambda has no SnapStart; README.md lists these regions."
  type        = string
  default     = null
}

variable "tracing" {
  description = "Whether X-Ray traces functions and workflows. Set it to off in China, where Lambda has no X-Ray."
  type        = string
  default     = null
}

locals {
  code = { Bucket = var.artifacts_bucket, Key = "spawn/${filesha256("${var.package}/spawn.zip")}.zip" }

  # The name of the code's file stands for nothing else in the template.
  template = replace(file("${var.package}/spawn.template.json"), "\"spawn.zip\"", jsonencode(local.code))

  given = {
    BroadAccess             = var.broad_access
    ApproveLaunches         = var.approve_launches
    ApprovalTopicArn        = var.approval_topic_arn
    ApprovalTimeout         = var.approval_timeout
    PassableRoleArns        = var.passable_role_arns == null ? null : join(",", var.passable_role_arns)
    AssociateInstances      = var.associate_instances
    VolumeKeyArns           = var.volume_key_arns == null ? null : join(",", var.volume_key_arns)
    BoundaryArn             = var.boundary_arn
    AllowedBoundaryArns     = var.allowed_boundary_arns == null ? null : join(",", var.allowed_boundary_arns)
    AllowedPolicyArns       = var.allowed_policy_arns == null ? null : join(",", var.allowed_policy_arns)
    Team                    = var.team
    AllowedWords            = var.allowed_words == null ? null : join(",", var.allowed_words)
    AllowedResources        = var.allowed_resources == null ? null : join(",", var.allowed_resources)
    OwnStatements           = var.own_statements
    AllowedManagedPolicies  = var.allowed_managed_policies == null ? null : join(",", var.allowed_managed_policies)
    AllowedRoleNames        = var.allowed_role_names == null ? null : join(",", var.allowed_role_names)
    AllowedRoleTagKeys      = var.allowed_role_tag_keys == null ? null : join(",", var.allowed_role_tag_keys)
    AllowedInstanceTypes    = var.allowed_instance_types == null ? null : join(",", var.allowed_instance_types)
    MaxInstances            = var.max_instances
    AllowedSubnets          = var.allowed_subnets == null ? null : join(",", var.allowed_subnets)
    AllowedSecurityGroups   = var.allowed_security_groups == null ? null : join(",", var.allowed_security_groups)
    AllowedImages           = var.allowed_images == null ? null : join(",", var.allowed_images)
    ImageParameterArns      = var.image_parameter_arns == null ? null : join(",", var.image_parameter_arns)
    AllowedLaunchTemplates  = var.allowed_launch_templates == null ? null : join(",", var.allowed_launch_templates)
    RequiredTags            = var.required_tags == null ? null : join(",", var.required_tags)
    AllowUserData           = var.allow_user_data
    MaxExpiry               = var.max_expiry
    OpenResources           = var.open_resources == null ? null : join(",", var.open_resources)
    LaunchBoundaryArn       = var.launch_boundary_arn
    RolePath                = var.role_path
    NamePrefix              = var.name_prefix
    CleanupMode             = var.cleanup_mode
    MaxDeletionsPerRun      = var.max_deletions_per_run
    ReserveSweepConcurrency = var.reserve_sweep_concurrency
    NightlySweep            = var.nightly_sweep
    WeeklyAudit             = var.weekly_audit
    AlarmTopicArn           = var.alarm_topic_arn
    LogRetentionInDays      = var.log_retention_in_days
    KmsKeyArn               = var.kms_key_arn
    ArtifactsBucket         = var.artifacts_bucket
    SnapStart               = var.snap_start
    Tracing                 = var.tracing
  }
  parameters = { for name, value in local.given : name => value if value != null }
}
