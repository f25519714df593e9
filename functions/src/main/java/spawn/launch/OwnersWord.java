package spawn.launch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.TagDescription;
import spawn.error.LaunchRejected;
import spawn.role.Tags;

/**
 * Looks whether the owners of what a launch names let launches name it, by the tag {@code
 * spawn:launch}. It asks EC2 nothing for a launch that names nothing of others.
 *
 * <p>A tag that is taken off between this look and the launch still lets that launch go on, but for
 * the kinds whose tags IAM sees in RunInstances: the stack's policies deny those.
 */
public final class OwnersWord {
  /** EC2's limit for the values of all filters of a call; one more is the key's. */
  private static final int IDS_A_CALL = 199;

  private final Ec2Client ec2;

  /** Creates the service on EC2 in the region of the launch. */
  public OwnersWord(Ec2Client ec2) {
    this.ec2 = ec2;
  }

  /**
   * Checks that each has one of the words that let launches name it.
   *
   * @throws LaunchRejected with all that have none
   */
  public void check(List<NamedResource> named) {
    Map<String, String> words = words(named.stream().map(NamedResource::id).distinct().toList());
    List<NamedResource> closed =
        named.stream()
            .filter(one -> !one.words().contains(words.getOrDefault(one.id(), "")))
            .toList();
    if (!closed.isEmpty()) {
      throw new LaunchRejected(
          closed.stream().map(OwnersWord::sentence).collect(Collectors.joining("\n")));
    }
  }

  /**
   * Returns the tag's value by the ids that have it. A filter takes wildcards, so that an id of the
   * payload may find others; these are no answer for it.
   */
  private Map<String, String> words(List<String> ids) {
    Map<String, String> words = new HashMap<>();
    for (int from = 0; from < ids.size(); from += IDS_A_CALL) {
      for (TagDescription tag : tags(ids.subList(from, Math.min(ids.size(), from + IDS_A_CALL)))) {
        words.put(tag.resourceId(), tag.value());
      }
    }
    return words;
  }

  private List<TagDescription> tags(List<String> ids) {
    Filter key = Filter.builder().name("key").values(Tags.LAUNCH).build();
    Filter id = Filter.builder().name("resource-id").values(ids).build();
    return new ArrayList<>(
        ec2.describeTagsPaginator(describe -> describe.filters(key, id)).tags().stream().toList());
  }

  private static String sentence(NamedResource one) {
    return "%s: %s is not open to the launches of this stack. Its owner can give it the tag %s=%s%s."
        .formatted(
            one.path(),
            one.id(),
            Tags.LAUNCH,
            String.join(" or ", one.words()),
            one.words().equals(List.of(LaunchLimits.WORD))
                ? "; the stack's parameter OpenResources can open all of its kind"
                : "");
  }
}
