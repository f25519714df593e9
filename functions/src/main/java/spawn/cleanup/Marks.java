package spawn.cleanup;

import java.time.Clock;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.role.Tags;

/** Sets and takes off the tag that says since when a role is unused; in a dry run, neither. */
final class Marks {
  private final IamClient iam;
  private final Clock clock;
  private final boolean dryRun;

  Marks(IamClient iam, Clock clock, boolean dryRun) {
    this.iam = iam;
    this.clock = clock;
    this.dryRun = dryRun;
  }

  /** Marks a role as unused from now on. */
  void set(String role) {
    if (!dryRun) {
      String now = clock.instant().toString();
      iam.tagRole(
          tag -> tag.roleName(role).tags(Tag.builder().key(Tags.DELETING).value(now).build()));
    }
  }

  /** Takes the mark off a role. */
  void takeOff(String role) {
    if (!dryRun) {
      iam.untagRole(untag -> untag.roleName(role).tagKeys(Tags.DELETING));
    }
  }
}
