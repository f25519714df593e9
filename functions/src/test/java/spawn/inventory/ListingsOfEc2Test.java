package spawn.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.services.ec2.Ec2Client;

/**
 * What in EC2's API shows a profile, or what names one. With a newer SDK these lists may grow: then
 * it has to be decided whether the sweep asks that too.
 */
class ListingsOfEc2Test {
  @Test
  void theSweepAsksEveryListingThatShowsAProfile() {
    assertThat(readsThatShow(Set.of("IamInstanceProfile")))
        .containsExactlyInAnyOrder(
            "describeIamInstanceProfileAssociations",
            "describeInstances",
            "describeLaunchTemplateVersions",
            "describeSpotFleetRequests",
            "describeSpotInstanceRequests",
            // What an instance would give to a template: the instance itself is asked.
            "getLaunchTemplateData");
  }

  @Test
  void theSweepAsksEveryListingThatShowsWhatUsesALaunchTemplate() {
    assertThat(readsThatShow(Set.of("LaunchTemplateSpecification", "LaunchTemplate")))
        .containsExactlyInAnyOrder(
            "describeFleets",
            "describeSpotFleetRequests",
            // Fast Launch prepares snapshots by instances that end by themselves: decision 023.
            "describeFastLaunchImages");
  }

  private static List<String> readsThatShow(Set<String> members) {
    return Arrays.stream(Ec2Client.class.getMethods())
        .filter(method -> method.getName().matches("(describe|get|list)[A-Z].*"))
        .filter(method -> !method.getName().endsWith("Paginator"))
        .filter(
            method ->
                method.getParameterCount() == 1
                    && AwsRequest.class.isAssignableFrom(method.getParameterTypes()[0]))
        .filter(method -> shows(pojo(method.getReturnType()), members, new HashSet<>()))
        .map(Method::getName)
        .distinct()
        .sorted()
        .toList();
  }

  private static SdkPojo pojo(Class<?> response) {
    try {
      return (SdkPojo) response.getMethod("builder").invoke(null);
    } catch (ReflectiveOperationException brokenTest) {
      throw new IllegalStateException(brokenTest);
    }
  }

  private static boolean shows(SdkPojo shape, Set<String> members, Set<Class<?>> seen) {
    return seen.add(shape.getClass())
        && shape.sdkFields().stream()
            .anyMatch(
                field ->
                    members.contains(field.memberName())
                        || nested(field).anyMatch(inner -> shows(inner, members, seen)));
  }

  private static Stream<SdkPojo> nested(SdkField<?> field) {
    if (field.marshallingType() == MarshallingType.SDK_POJO) {
      return Stream.of(field.constructor().get());
    }
    return field
        .getOptionalTrait(ListTrait.class)
        .map(list -> nested(list.memberFieldInfo()))
        .orElse(Stream.empty());
  }
}
