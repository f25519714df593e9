package spawn.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeFleetsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeFleetsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeIamInstanceProfileAssociationsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeIamInstanceProfileAssociationsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.DescribeLaunchTemplateVersionsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeLaunchTemplateVersionsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeRegionsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeSpotFleetRequestsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSpotFleetRequestsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeSpotInstanceRequestsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSpotInstanceRequestsResponse;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfile;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.iam.model.GetRoleResponse;
import software.amazon.awssdk.services.iam.model.ListInstanceProfilesResponse;
import software.amazon.awssdk.services.iam.model.ListRolesResponse;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.Tag;

/** Answers of AWS as a function with a bug would take them. */
final class Answers {
  private Answers() {}

  /** Returns a role with a tag set. */
  static Role with(Role role, String key, String value) {
    List<Tag> tags = new ArrayList<>(without(role, key).tags());
    tags.add(tag(key, value));
    return role.toBuilder().tags(tags).build();
  }

  /** Returns a role that lacks a tag. */
  static Role without(Role role, String key) {
    return role.toBuilder()
        .tags(role.tags().stream().filter(tag -> !tag.key().equals(key)).toList())
        .build();
  }

  /** Returns the value of a role's tag. */
  static Optional<String> tag(Role role, String key) {
    return role.tags().stream().filter(tag -> tag.key().equals(key)).map(Tag::value).findFirst();
  }

  static Tag tag(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }

  /** Returns the answer of a region in which nothing can start instances, if that was asked for. */
  static Optional<AwsResponse> withoutStarters(AwsRequest request) {
    if (request instanceof DescribeSpotInstanceRequestsRequest) {
      return Optional.of(DescribeSpotInstanceRequestsResponse.builder().build());
    }
    if (request instanceof DescribeSpotFleetRequestsRequest) {
      return Optional.of(DescribeSpotFleetRequestsResponse.builder().build());
    }
    if (request instanceof DescribeFleetsRequest) {
      return Optional.of(DescribeFleetsResponse.builder().build());
    }
    return request instanceof DescribeLaunchTemplateVersionsRequest
        ? Optional.of(DescribeLaunchTemplateVersionsResponse.builder().build())
        : Optional.empty();
  }

  /** Returns the answer of a region without any use, if that was asked for. */
  static Optional<AwsResponse> empty(AwsRequest request) {
    if (request instanceof DescribeIamInstanceProfileAssociationsRequest) {
      return Optional.of(DescribeIamInstanceProfileAssociationsResponse.builder().build());
    }
    return request instanceof DescribeInstancesRequest
        ? Optional.of(DescribeInstancesResponse.builder().build())
        : withoutStarters(request);
  }

  /**
   * Returns the answer of a region without instances, if these were asked for by their profiles.
   */
  static Optional<AwsResponse> withoutInstances(AwsRequest request) {
    return request instanceof DescribeInstancesRequest
        ? Optional.of(DescribeInstancesResponse.builder().build())
        : Optional.empty();
  }

  /** Returns a page of instances after which no other follows. */
  static AwsResponse lastPageOfInstances(AwsResponse answer) {
    return answer instanceof DescribeInstancesResponse page
        ? page.toBuilder().nextToken(null).build()
        : answer;
  }

  /** Returns a page of EC2's after which no other follows. */
  static AwsResponse lastPage(AwsResponse answer) {
    if (answer instanceof DescribeIamInstanceProfileAssociationsResponse page) {
      return page.toBuilder().nextToken(null).build();
    }
    return answer instanceof DescribeInstancesResponse page
        ? page.toBuilder().nextToken(null).build()
        : answer;
  }

  /** Returns a list of regions in which one is missing. */
  static AwsResponse withoutRegion(AwsResponse answer, String name) {
    return answer instanceof DescribeRegionsResponse regions
        ? regions.toBuilder()
            .regions(
                regions.regions().stream()
                    .filter(region -> !region.regionName().equals(name))
                    .toList())
            .build()
        : answer;
  }

  /** Returns the answer of a region in which no instance carries any of some profiles. */
  static AwsResponse withoutUseOf(AwsResponse answer, List<String> profiles) {
    if (answer instanceof DescribeIamInstanceProfileAssociationsResponse page) {
      return page.toBuilder()
          .iamInstanceProfileAssociations(
              page.iamInstanceProfileAssociations().stream()
                  .filter(each -> !profiles.contains(name(each.iamInstanceProfile())))
                  .toList())
          .build();
    }
    return answer instanceof DescribeInstancesResponse page
        ? page.toBuilder()
            .reservations(
                page.reservations().stream().map(each -> withoutUseOf(each, profiles)).toList())
            .build()
        : answer;
  }

  private static Reservation withoutUseOf(Reservation reservation, List<String> profiles) {
    return reservation.toBuilder()
        .instances(
            reservation.instances().stream()
                .filter(
                    instance ->
                        instance.iamInstanceProfile() == null
                            || !profiles.contains(name(instance.iamInstanceProfile())))
                .toList())
        .build();
  }

  /** Returns an answer in which every role and every profile has its name in place of its id. */
  static AwsResponse knownByName(AwsResponse answer) {
    if (answer instanceof ListRolesResponse page) {
      return page.toBuilder()
          .roles(page.roles().stream().map(Answers::knownByName).toList())
          .build();
    }
    if (answer instanceof GetRoleResponse read) {
      return read.toBuilder().role(knownByName(read.role())).build();
    }
    if (answer instanceof ListInstanceProfilesResponse page) {
      return page.toBuilder()
          .instanceProfiles(
              page.instanceProfiles().stream()
                  .map(p -> p.toBuilder().instanceProfileId(p.instanceProfileName()).build())
                  .toList())
          .build();
    }
    if (answer instanceof DescribeIamInstanceProfileAssociationsResponse page) {
      return page.toBuilder()
          .iamInstanceProfileAssociations(
              page.iamInstanceProfileAssociations().stream()
                  .map(
                      association ->
                          association.toBuilder()
                              .iamInstanceProfile(knownByName(association.iamInstanceProfile()))
                              .build())
                  .toList())
          .build();
    }
    return answer instanceof DescribeInstancesResponse page
        ? page.toBuilder()
            .reservations(page.reservations().stream().map(Answers::knownByName).toList())
            .build()
        : answer;
  }

  private static Reservation knownByName(Reservation reservation) {
    return reservation.toBuilder()
        .instances(
            reservation.instances().stream()
                .map(
                    instance ->
                        instance.iamInstanceProfile() == null
                            ? instance
                            : instance.toBuilder()
                                .iamInstanceProfile(knownByName(instance.iamInstanceProfile()))
                                .build())
                .toList())
        .build();
  }

  private static Role knownByName(Role role) {
    return role.toBuilder().roleId(role.roleName()).build();
  }

  private static IamInstanceProfile knownByName(IamInstanceProfile profile) {
    return profile.toBuilder().id(name(profile)).build();
  }

  private static String name(IamInstanceProfile profile) {
    return profile.arn().substring(profile.arn().lastIndexOf('/') + 1);
  }
}
