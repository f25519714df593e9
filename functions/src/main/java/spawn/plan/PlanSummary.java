package spawn.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import spawn.policy.GrantDifference;
import spawn.policy.Warning;
import spawn.role.KnownRole;
import spawn.role.Owner;
import spawn.role.RoleForecast;

/**
 * The first lines of a plan: what a launch would do, each a sentence.
 *
 * @param request what the payload asks for
 * @param found what was found out
 * @param owner the stack
 * @param warnings what the caller should know of
 */
record PlanSummary(PlanRequest request, Found found, Owner owner, List<Warning> warnings) {
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    found.forecast().map(this::role).ifPresent(lines::add);
    found.profile().flatMap(this::profile).ifPresent(lines::add);
    found.looked().map(this::instance).ifPresent(lines::add);
    lines.add(grants());
    found.launch().map(PlanSummary::launch).ifPresent(lines::add);
    used().ifPresent(lines::add);
    if (!warnings.isEmpty()) {
      lines.add(
          warnings.size() == 1
              ? "There is 1 warning."
              : "There are %d warnings.".formatted(warnings.size()));
    }
    return lines;
  }

  private String role(RoleForecast role) {
    String name = role.name();
    return switch (role.outcome()) {
      case CREATE -> "The role %s would be created.".formatted(name);
      case REUSE -> "The role %s exists and would be used again.".formatted(name);
      case USE -> "The role %s, made by %s, would be used as it is.".formatted(name, maker(role));
      case COMPLETE ->
          "The role %s was begun and never finished; it would be completed.".formatted(name);
      case UNFINISHED ->
          "A launch would wait for the role %s, which is not finished.".formatted(name);
      case TAKEN ->
          "A launch would fail: the name %s is taken by a role that was made by %s."
              .formatted(name, maker(role));
      case CONFLICT ->
          "A launch would fail: the role %s is not as the payload asks.".formatted(name);
      case MARKED ->
          "A launch would fail for about half an hour: the clean-up is removing the role %s."
              .formatted(name);
      case EXPIRED -> "A launch would fail: the role %s has expired, or nearly.".formatted(name);
      case REVOKED -> "A launch would fail: an operator has revoked the role %s.".formatted(name);
      case REFUSED -> "A launch would fail: the role %s cannot be made or used.".formatted(name);
    };
  }

  private String maker(RoleForecast role) {
    return role.role().map(owner::whoMade).orElse("somebody else");
  }

  private Optional<String> profile(ProfileForecast profile) {
    return profile
        .refusal()
        .map(
            why ->
                "A launch would fail: the instance profile %s is taken.".formatted(profile.name()));
  }

  private String instance(Looked looked) {
    String id = request.instanceId().orElseThrow();
    if (looked.refusal().isPresent()) {
      return "A launch would fail: " + looked.refusal().get();
    }
    String has = looked.role().map(role -> "has the role " + role.name()).orElse("has no role");
    return request.role().isPresent()
        ? "%s %s and would get this one.".formatted(id, has)
        : "%s %s and would have none.".formatted(id, has);
  }

  private String grants() {
    GrantDifference difference = found.difference();
    String than =
        found
            .comparedWith()
            .map(KnownRole::name)
            .map(name -> " than the role %s has".formatted(name))
            .orElse("");
    if (than.isEmpty()) {
      return difference.more().isEmpty()
          ? "It grants nothing."
          : "All that it grants is listed, as there is no role to compare it with.";
    }
    if (difference.isNone()) {
      return "It grants neither more nor less%s.".formatted(than);
    }
    return difference.less().isEmpty()
        ? "It grants more%s.".formatted(than)
        : difference.more().isEmpty()
            ? "It grants less%s.".formatted(than)
            : "It grants both more and less%s.".formatted(than);
  }

  private static String launch(PinnedLaunch launch) {
    JsonNode instance = launch.instance();
    String image =
        launch
            .image()
            .map(
                pin ->
                    pin.imageId() == null
                        ? "an image whose parameter %s could not be read".formatted(pin.parameter())
                        : "%s (%s)".formatted(pin.imageId(), pin.parameter()))
            .orElseGet(() -> instance.path("ImageId").asText("the image of its launch template"));
    String many =
        instance.path("MaxCount").asInt(1) == 1
            ? "1 instance"
            : "%d to %d instances"
                .formatted(instance.path("MinCount").asInt(1), instance.path("MaxCount").asInt(1));
    return "%s would be launched from %s.".formatted(many, image);
  }

  private Optional<String> used() {
    long instances =
        found.profiles().stream()
            .mapToLong(profile -> found.usage().instances(profile.instanceProfileId()).size())
            .sum();
    return instances == 0
        ? Optional.empty()
        : Optional.of(
            "The role is in use by at least %d %s."
                .formatted(instances, instances == 1 ? "instance" : "instances"));
  }
}
