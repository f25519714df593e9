package spawn.aws;

/** Who reads: each lags behind the writes by its own delay. */
enum View {
  /** IAM's own reads of roles and profiles. */
  IAM,
  /** EC2's sight of roles and profiles, at a launch or an association. */
  IAM_FROM_EC2,
  /** EC2's reads of instances and associations. */
  EC2
}
