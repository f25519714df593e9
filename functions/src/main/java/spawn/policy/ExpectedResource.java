package spawn.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import spawn.error.Problems;
import spawn.payload.Quote;
import spawn.policy.ServiceReference.Action;

/** Reads the resource of one action, as {@code resources} writes them. */
final class ExpectedResource {
  private final OfService action;
  private final StackContext context;
  private final Templates templates;
  private final Problems problems;

  ExpectedResource(OfService action, StackContext context, Templates templates, Problems problems) {
    this.action = action;
    this.context = context;
    this.templates = templates;
    this.problems = problems;
  }

  /**
   * An action of a service.
   *
   * @param service the prefix of its actions
   */
  record OfService(String service, Action action) {
    /** Returns the action as policies name it. */
    String name() {
      return service + ":" + action.name();
    }
  }

  /**
   * Returns the ARN that is tried, or {@code *}; nothing after adding what is wrong with it. What a
   * policy would grant the action on for this entry is what is tried: of a bucket, its objects, if
   * the action is one on objects. Of several kinds of ARN that is the first that the action
   * requires.
   */
  Optional<String> read(String text, String path) {
    if (text.equals("*")) {
      return Optional.of(text);
    }
    if (action.action().accepts().isEmpty()) {
      problems.add(
          path,
          "%s takes no resource, so that policies grant it on *. Leave the resource out."
              .formatted(action.name()));
      return Optional.empty();
    }
    if (text.contains("${")) {
      problems.add(
          path,
          "%s has a policy variable, but a request names its resource: write what the variable would stand for."
              .formatted(Quote.of(text)));
      return Optional.empty();
    }
    Problems found = problems.ofPart();
    Optional<Scope> scope =
        new ScopeReader(context, templates, found).read(text, path, Set.of(action.service()));
    Optional<String> target = scope.flatMap(this::target);
    if (target.isPresent()) {
      return target;
    }
    if (isOfTheReference(text)) {
      return Optional.of(text);
    }
    if (found.concern(path)) {
      problems.addAll(found, at -> true, at -> at);
    } else {
      problems.add(path, notTaken(text));
    }
    return Optional.empty();
  }

  private Optional<String> target(Scope scope) {
    List<String> kinds = new ArrayList<>(action.action().requires());
    kinds.addAll(action.action().accepts());
    return kinds.stream()
        .flatMap(kind -> scope.of(action.service(), List.of(kind)).stream())
        .map(Target::arn)
        .findFirst();
  }

  /** Returns whether an ARN is one that no word takes, but AWS's reference has for the action. */
  private boolean isOfTheReference(String text) {
    Arn arn = Arn.of(text);
    return text.startsWith("arn:" + context.partition() + ":")
        && arn.isWhole()
        && ServiceReference.of(action.service()).stream()
            .flatMap(reference -> reference.kinds().entrySet().stream())
            .filter(kind -> action.action().accepts().contains(kind.getKey()))
            .flatMap(kind -> kind.getValue().stream())
            .anyMatch(form -> KnownArns.isOf(arn, form));
  }

  private String notTaken(String text) {
    return "%s takes no such resource as %s, but %s: IAM would allow it there to nobody."
        .formatted(action.name(), Quote.of(text), String.join(" or ", action.action().accepts()));
  }
}
