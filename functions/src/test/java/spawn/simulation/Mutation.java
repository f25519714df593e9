package spawn.simulation;

/** A bug planted into spawn, to see whether the simulation finds it. */
enum Mutation {
  /** None: spawn as it is. */
  NONE,
  /** A role is leased when it is created, before its policies are put. */
  LEASE_WRITTEN_FIRST,
  /** A role without a lease is taken for a whole one. */
  HALF_MADE_ROLE_USED,
  /** A lease counts whichever role it was meant for. */
  LEASE_OF_ANOTHER_COUNTED,
  /** A role that was begun for something else is completed as soon as it is claimed. */
  CLAIM_NOT_WAITED_FOR,
  /** The lease of a role that was claimed does not say what the role holds by now. */
  CLAIMED_ROLE_KEEPS_ITS_OLD_HASH,
  /** However late it is, the launch goes on under its lease. */
  LEASE_NOT_LOOKED_AT_BY_THE_LAUNCH,
  /** A role that the sweep has marked is used again. */
  MARKED_ROLE_REUSED,
  /** Whatever stands under a role's name is taken to be what the launch asks for. */
  HASH_NOT_LOOKED_AT,
  /** A role that lacks spawn's tag is taken for spawn's own by the launch. */
  UNTAGGED_ROLE_ADOPTED,
  /** A launch has no client token. */
  NO_CLIENT_TOKEN,
  /** A repeated launch comes with a token of its own. */
  TOKEN_OF_EACH_TRY,
  /**
   * An answer of EC2 that was lost is taken for a lack of capacity, so that the next subnet is
   * tried.
   */
  LOST_ANSWER_TAKEN_FOR_NO_CAPACITY,
  /** A zone that does not offer the instance type ends the launch, whatever subnets are left. */
  ZONE_WITHOUT_THE_TYPE_ENDS_THE_LAUNCH,
  /** The profile is proven in one subnet only, even if EC2 launches nothing into it. */
  PROFILE_PROVEN_IN_ONE_SUBNET_ONLY,
  /** A launch ends when the host of EC2 that is to launch does not see the profile yet. */
  REFUSED_LAUNCH_TAKEN_AS_FINAL,
  /** A refused launch is repeated without a pause, however long EC2's hosts disagree. */
  REFUSED_LAUNCH_REPEATED_AT_ONCE,
  /** A profile that holds another role is taken for the launch's own. */
  PROFILE_OF_ANOTHER_ROLE_USED,
  /** A stopped instance that EC2 denies the new profile does not get its old one back. */
  OLD_PROFILE_NOT_PUT_BACK,
  /** A launch succeeds with instances that are still pending, as EC2 answers it. */
  PENDING_INSTANCE_TAKEN_FOR_RUNNING,
  /** An instance that has ended while it started counts as one that runs. */
  ENDED_INSTANCE_TAKEN_FOR_RUNNING,
  /** An instance that EC2 does not show yet counts as one that runs. */
  MISSING_INSTANCE_TAKEN_FOR_RUNNING,
  /** An instance that EC2 does not show yet counts as one that has ended. */
  MISSING_INSTANCE_TAKEN_FOR_ENDED,
  /** A launch fails as soon as one of its instances ends, however many must run. */
  ONE_END_ENDS_THE_LAUNCH,
  /** The sweep takes leased roles too. */
  LEASE_NOT_LOOKED_AT_BY_THE_SWEEP,
  /** What was written after the mark is not looked at before the deletion. */
  MARK_NOT_CHECKED_AGAIN,
  /** The next sweep deletes what the last one has marked, however short a time ago. */
  MARK_NOT_WAITED_FOR,
  /** The sweep knows roles and profiles by their names: one that was recreated is the same. */
  SWEPT_BY_NAME,
  /** The sweep takes roles under spawn's path that lack spawn's tag. */
  UNTAGGED_ROLE_SWEPT,
  /** The sweep does not look into one of the regions. */
  ONE_REGION_SKIPPED,
  /** The sweep reads only the first page of what instances use. */
  FIRST_PAGE_ONLY,
  /** The sweep does not look at what instances use at all. */
  USE_NOT_LOOKED_AT,
  /** The sweep does not look at what can still start instances. */
  STARTERS_NOT_LOOKED_AT,
  /** A region that does not answer is taken for one without instances. */
  UNREADABLE_REGION_TAKEN_FOR_EMPTY,
  /** A region that is too large to be listed is asked for nothing more. */
  LARGE_REGION_TAKEN_FOR_READ,
  /** Of the instances that carry certain profiles, the sweep reads only the first page. */
  FIRST_PAGE_OF_A_LARGE_REGION_ONLY,
  /** An empty profile is filled though it is another's. */
  EMPTY_PROFILE_OF_ANOTHER_FILLED,
  /** A run of a set takes a role for its own that lacks the set's tag. */
  ROLE_WITHOUT_ITS_SETS_TAG_CHANGED,
  /** What a set does not name any more stays attached to its role. */
  POLICY_NOT_DETACHED,
  /** A role of a set counts as unchanged by what its tag says, whatever it holds. */
  CONTENT_NOT_LOOKED_AT,
  /** A launch takes a role that its set has not finished for a whole one. */
  UNFINISHED_ROLE_OF_A_SET_USED,
  /** A set is removed though launches lease its roles. */
  SET_REMOVED_DESPITE_LEASES,
  /** A set is removed though instances use its roles. */
  SET_REMOVED_DESPITE_USE,
  /** A set is removed as soon as its roles are marked, whatever has been written since. */
  SET_REMOVED_WITHOUT_WAITING,
  /** A launch takes a role for its stack's own wherever it lies. */
  PATH_NOT_LOOKED_AT,
  /** A launch takes a role of its stack whatever boundary it is behind. */
  OTHER_BOUNDARY_ACCEPTED,
  /** Launches without permissions share one role, whichever stack has made it. */
  DEFAULT_ROLE_SHARED,
  /** The sweep lists and takes the roles of all stacks. */
  ROLE_OF_ANOTHER_STACK_SWEPT,
  /** The sweep takes empty profiles of all stacks. */
  PROFILE_OF_ANOTHER_STACK_SWEPT,
  /**
   * All stacks share one path, so that each sweep relies on a reservation that holds in its own
   * stack only.
   */
  RESERVATION_RELIED_ON_ACROSS_STACKS,
  /** A call that revokes a role only marks it. */
  REVOCATION_ONLY_MARKED,
  /** A launch does not look whether its role is revoked. */
  REVOKED_ROLE_REUSED,
  /** A launch passes over a revoked role, as over one that is being removed. */
  REVOKED_ROLE_SUCCEEDED,
  /** The sweep looks neither at the mark of a revoked role nor at what it takes. */
  REVOKED_ROLE_SWEPT,
  /** A run of a set takes a denial for a policy that does not belong there. */
  DENIAL_TAKEN_OFF_BY_A_SET,
  /** A repair leaves what was attached or put beside. */
  WHAT_WAS_ADDED_IS_LEFT,
  /** A repair does not put the role's own policy. */
  WHAT_WAS_CHANGED_IS_NOT_PUT_BACK,
  /** A repair looks at the role's own inline policy only. */
  INLINE_POLICIES_NOT_LOOKED_AT,
  /** A launch uses a role whoever may assume it. */
  WIDENED_TRUST_ACCEPTED,
  /** A launch goes on when its wait for an answer ends, whether or not there is one. */
  APPROVAL_NOT_LOOKED_UP,
  /** After the yes, the plan is not compared with what there is by now. */
  PLAN_NOT_COMPARED
}
