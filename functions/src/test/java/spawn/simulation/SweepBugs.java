package spawn.simulation;

import java.util.function.Function;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.iam.model.Role;
import spawn.role.Tags;

/** The planted bugs of the sweep. */
final class SweepBugs {
  private SweepBugs() {}

  /** Returns what a bug does between the sweep and IAM. */
  static Interposed iam(Mutation bug) {
    return switch (bug) {
      case LEASE_NOT_LOOKED_AT_BY_THE_SWEEP ->
          Interposed.reading(role -> Answers.without(role, Tags.LEASE_UNTIL));
      case MARK_NOT_CHECKED_AGAIN -> Interposed.reading(SweepBugs::withoutLeaseIfMarked);
      case UNTAGGED_ROLE_SWEPT ->
          Interposed.reading(role -> Answers.with(role, Tags.MANAGED, "true"));
      case SWEPT_BY_NAME -> Interposed.answering(Answers::knownByName);
      default -> Interposed.NONE;
    };
  }

  /** Returns what a bug does between the sweep and EC2. */
  static Interposed ec2(Mutation bug) {
    return switch (bug) {
      case ONE_REGION_SKIPPED ->
          Interposed.answering(answer -> Answers.withoutRegion(answer, "eu-west-1"));
      case FIRST_PAGE_ONLY -> Interposed.answering(Answers::lastPage);
      case SWEPT_BY_NAME -> Interposed.answering(Answers::knownByName);
      case USE_NOT_LOOKED_AT ->
          (request, ask) -> Answers.empty(request).orElseGet(() -> ask.apply(request));
      case STARTERS_NOT_LOOKED_AT ->
          (request, ask) -> Answers.withoutStarters(request).orElseGet(() -> ask.apply(request));
      case UNREADABLE_REGION_TAKEN_FOR_EMPTY -> SweepBugs::emptyIfUnreadable;
      case LARGE_REGION_TAKEN_FOR_READ ->
          (request, ask) -> Answers.withoutInstances(request).orElseGet(() -> ask.apply(request));
      case FIRST_PAGE_OF_A_LARGE_REGION_ONLY -> Interposed.answering(Answers::lastPageOfInstances);
      default -> Interposed.NONE;
    };
  }

  private static Role withoutLeaseIfMarked(Role role) {
    return Answers.tag(role, Tags.DELETING).isPresent()
        ? Answers.without(role, Tags.LEASE_UNTIL)
        : role;
  }

  private static AwsResponse emptyIfUnreadable(
      AwsRequest request, Function<AwsRequest, AwsResponse> ask) {
    try {
      return ask.apply(request);
    } catch (SdkException unreadable) {
      return Answers.empty(request).orElseThrow(() -> unreadable);
    }
  }
}
