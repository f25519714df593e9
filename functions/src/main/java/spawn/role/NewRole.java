package spawn.role;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.policy.Permissions;

/**
 * A role that is to be created, without policies at first.
 *
 * @param name its name
 * @param description its description in IAM
 * @param permissions what it should hold in the end
 * @param tags the tags that it is created with, which say whose it is and what it should hold
 */
record NewRole(String name, String description, Permissions permissions, List<Tag> tags) {
  /**
   * Returns the role that a request asks for.
   *
   * @param name the one of the request's names that is tried
   * @param now when it is created
   * @param more tags besides those of every role
   */
  static NewRole of(
      String name, RoleRequest request, String description, Instant now, List<Tag> more) {
    List<Tag> tags = new ArrayList<>();
    request.tags().forEach((key, value) -> tags.add(Tags.of(key, value)));
    tags.add(Tags.of(Tags.MANAGED, "true"));
    tags.add(Tags.of(Tags.CREATED, now.toString()));
    tags.add(Tags.of(Tags.CREATOR, Tags.value(request.creator())));
    tags.add(Tags.of(Tags.POLICIES, request.hash().hex()));
    tags.addAll(more);
    request.expires().ifPresent(until -> tags.add(Tags.of(Tags.EXPIRES, until.toString())));
    return new NewRole(name, description, request.permissions(), tags);
  }
}
