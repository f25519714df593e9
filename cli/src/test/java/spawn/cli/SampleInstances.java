package spawn.cli;

import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceType;
import software.amazon.awssdk.services.ec2.model.PlatformValues;
import software.amazon.awssdk.services.ec2.model.Tag;
import spawn.role.Tags;

/** Instances for tests: running ones that spawn has launched, unless said otherwise. */
final class SampleInstances {
  private SampleInstances() {}

  /**
   * Returns an instance without a role.
   *
   * @param digit the last of its id
   */
  static ListedInstance instance(int digit, String name) {
    return listed(digit, "running", List.of("Name", name, Tags.MANAGED, "true"));
  }

  /** Returns one of a job array. */
  static ListedInstance ofArray(int digit, String name, String array) {
    return listed(
        digit,
        "running",
        List.of("Name", name, Tags.MANAGED, "true", ListedInstance.JOB_ARRAY, array));
  }

  /** Returns one in another state. */
  static ListedInstance in(String state, int digit, String name) {
    return listed(digit, state, List.of("Name", name, Tags.MANAGED, "true"));
  }

  /** Returns one that somebody else has launched. */
  static ListedInstance ofOthers(int digit, String name) {
    return listed(digit, "running", List.of("Name", name));
  }

  /** Returns one of Windows. */
  static ListedInstance ofWindows(int digit) {
    ListedInstance linux = instance(digit, "desktop");
    return new ListedInstance(
        linux.region(),
        linux.instance().toBuilder().platform(PlatformValues.WINDOWS).build(),
        linux.role());
  }

  private static ListedInstance listed(int digit, String state, List<String> keysAndValues) {
    List<Tag> tags = new ArrayList<>();
    for (int at = 0; at < keysAndValues.size(); at += 2) {
      tags.add(Tag.builder().key(keysAndValues.get(at)).value(keysAndValues.get(at + 1)).build());
    }
    return new ListedInstance(
        "us-east-1",
        Instance.builder()
            .instanceId(id(digit))
            .instanceType(InstanceType.T3_MICRO)
            .state(is -> is.name(state))
            .tags(tags)
            .build(),
        InstanceRole.NONE);
  }

  /** Returns an instance's id. */
  static String id(int digit) {
    return "i-0123456789abcdef" + digit;
  }
}
